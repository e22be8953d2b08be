//! Images that the engine hands to itself, kept as they are instead of packed as PNG.
//!
//! Before it reads a line, libtesseract packs the line's image as PNG with leptonica's `pixWriteMem` and unpacks it
//! again with `pixReadMem` (`ImageData::SetPix`, `ImageData::GetPix` of imagedata.cpp): an eighth of all its time.
//! A build option of the library leaves that out, which distributions do not set. The two functions are looked up by
//! name when the process starts, in the executable first, so those below take their place; anything but
//! that use goes on to leptonica's own. Where a system binds the library otherwise, nothing changes but the time.

#![expect(
    unsafe_code,
    reason = "stands in for two C functions, under their names"
)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::{ptr, slice};

/// Leptonica's `PIX`, never looked into from here.
type Pix = *mut c_void;

type WriteMem = unsafe extern "C" fn(*mut *mut u8, *mut usize, Pix, c_int) -> c_int;
type ReadMem = unsafe extern "C" fn(*const u8, usize) -> Pix;

// Of libc and of leptonica's allheaders.h.
unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn pixGetWidth(pix: Pix) -> c_int;
    fn pixGetHeight(pix: Pix) -> c_int;
    fn pixGetDepth(pix: Pix) -> c_int;
    fn pixGetWpl(pix: Pix) -> c_int;
    fn pixGetXRes(pix: Pix) -> c_int;
    fn pixGetYRes(pix: Pix) -> c_int;
    fn pixGetColormap(pix: Pix) -> *mut c_void;
    fn pixGetData(pix: Pix) -> *mut u32;
    fn pixCreateNoInit(width: c_int, height: c_int, depth: c_int) -> Pix;
    fn pixDestroy(pix: *mut Pix);
    fn pixSetXRes(pix: Pix, dpi: c_int) -> c_int;
    fn pixSetYRes(pix: Pix, dpi: c_int) -> c_int;
}

/// `IFF_PNG` of imageio.h.
const PNG: c_int = 3;

/// Depths that come back from PNG as they went in, given there is no colour map.
const DEPTHS: [c_int; 2] = [1, 8];

/// What an image kept as it is begins with; no format that leptonica knows does.
const MARK: [u8; 8] = *b"\0as is\0\0";

/// Width, height, depth, words a row, horizontal and vertical dpi, each four bytes, after the mark.
const HEAD: usize = MARK.len() + 6 * 4;

/// Leptonica's function of that name: PNG of the engine's lines is left as it is, the rest goes on.
///
/// # Safety
/// As leptonica has it: `data` and `size` may be written to, `pix` is an image.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn pixWriteMem(
    data: *mut *mut u8,
    size: *mut usize,
    pix: Pix,
    format: c_int,
) -> c_int {
    if format == PNG && !data.is_null() && !size.is_null() && !pix.is_null() {
        // SAFETY: `pix` is an image, so its caller says.
        if let Some((kept, length)) = unsafe { keep(pix) } {
            // SAFETY: neither is null, and both may be written to, so the caller says.
            unsafe {
                data.write(kept);
                size.write(length);
            }
            return 0;
        }
    }
    // SAFETY: leptonica's function has this type.
    match unsafe { own::<WriteMem>(c"pixWriteMem") } {
        // SAFETY: what the caller says holds for it too.
        Some(write) => unsafe { write(data, size, pix, format) },
        None => 1,
    }
}

/// Leptonica's function of that name, for images kept by [`pixWriteMem`] and all others.
///
/// # Safety
/// As leptonica has it: `data` has `size` bytes.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn pixReadMem(data: *const u8, size: usize) -> Pix {
    if !data.is_null() && size >= HEAD {
        // SAFETY: `data` has `size` bytes, so the caller says.
        let bytes = unsafe { slice::from_raw_parts(data, size) };
        if bytes.starts_with(&MARK) {
            return unpacked(bytes).unwrap_or(ptr::null_mut());
        }
    }
    // SAFETY: leptonica's function has this type.
    match unsafe { own::<ReadMem>(c"pixReadMem") } {
        // SAFETY: what the caller says holds for it too.
        Some(read) => unsafe { read(data, size) },
        None => ptr::null_mut(),
    }
}

/// A copy of `pix` with its head, in memory that `free` takes back, as the caller of `pixWriteMem` does.
///
/// # Safety
/// `pix` is an image.
unsafe fn keep(pix: Pix) -> Option<(*mut u8, usize)> {
    // SAFETY: `pix` is an image; these only read from it.
    let (head, depth, has_colours, from) = unsafe {
        (
            [
                pixGetWidth(pix),
                pixGetHeight(pix),
                pixGetDepth(pix),
                pixGetWpl(pix),
                pixGetXRes(pix),
                pixGetYRes(pix),
            ],
            pixGetDepth(pix),
            !pixGetColormap(pix).is_null(),
            pixGetData(pix),
        )
    };
    if !DEPTHS.contains(&depth) || has_colours || from.is_null() {
        return None;
    }
    let length = pixel_bytes(head)?;
    let whole = HEAD.checked_add(length)?;
    // SAFETY: any size may be asked for; what is returned is null or ours.
    let kept = unsafe { malloc(whole) }.cast::<u8>();
    if kept.is_null() {
        return None;
    }
    // SAFETY: `kept` has HEAD + `length` bytes and is new; an image's data has height x words a row x 4 bytes, which
    // `length` is.
    unsafe {
        ptr::copy_nonoverlapping(MARK.as_ptr(), kept, MARK.len());
        ptr::copy_nonoverlapping(
            head.as_ptr().cast(),
            kept.add(MARK.len()),
            HEAD - MARK.len(),
        );
        ptr::copy_nonoverlapping(from.cast(), kept.add(HEAD), length);
    }
    Some((kept, whole))
}

/// The image that `bytes` were made from.
fn unpacked(bytes: &[u8]) -> Option<Pix> {
    let mut head = [0; 6];
    let (fields, pixels) = bytes
        .get(MARK.len()..)?
        .split_at_checked(HEAD - MARK.len())?;
    for (value, field) in head.iter_mut().zip(fields.chunks_exact(4)) {
        *value = c_int::from_ne_bytes(field.try_into().ok()?);
    }
    let [width, height, depth, words, x_dpi, y_dpi] = head;
    if pixel_bytes(head)? != pixels.len() {
        return None;
    }
    // SAFETY: any sizes may be asked for; what is returned is null or an image of ours.
    let mut pix = unsafe { pixCreateNoInit(width, height, depth) };
    if pix.is_null() {
        return None;
    }
    // SAFETY: `pix` is an image and not used after it is destroyed; its data has height x words a row x 4 bytes, which
    // is what is copied when the rows are as long as they were.
    unsafe {
        let to = pixGetData(pix);
        if pixGetWpl(pix) != words || to.is_null() {
            pixDestroy(&raw mut pix);
            return None;
        }
        ptr::copy_nonoverlapping(pixels.as_ptr(), to.cast(), pixels.len());
        pixSetXRes(pix, x_dpi);
        pixSetYRes(pix, y_dpi);
    }
    Some(pix)
}

/// Bytes of an image's data: rows of whole words.
fn pixel_bytes(head: [c_int; 6]) -> Option<usize> {
    let [_, height, _, words, ..] = head;
    usize::try_from(height)
        .ok()?
        .checked_mul(usize::try_from(words).ok()?)?
        .checked_mul(4)
}

/// The next function called `name` after this executable's.
///
/// # Safety
/// That function has the type `F`, a pointer to a function.
unsafe fn own<F: Copy>(name: &CStr) -> Option<F> {
    /// `RTLD_NEXT` of dlfcn.h.
    const NEXT: *mut c_void = ptr::without_provenance_mut(usize::MAX);
    // SAFETY: `name` ends with NUL.
    let found = unsafe { dlsym(NEXT, name.as_ptr()) };
    // SAFETY: not null, and as long as a pointer to a function is; its type is what the caller says.
    (!found.is_null()).then(|| unsafe { std::mem::transmute_copy::<*mut c_void, F>(&found) })
}
