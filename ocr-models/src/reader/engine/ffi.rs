//! The C side: every call into libtesseract, and the rules that make each sound.
//!
//! A [`Handle`] owns an engine, an [`Image`] borrows it while its pixels are set, a [`Walk`] borrows that
//! while results are read: no result can outlive what it points into. Signatures are those of capi.h.

#![expect(unsafe_code, reason = "the one place where C is called")]

use std::ffi::{CStr, CString, c_char, c_double, c_float, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;

use saoy_ocr::{Orientation, Point};
use tesseract_rs::TesseractAPI;

type Api = *mut c_void;
type Iter = *mut c_void;
type Choices = *mut c_void;

unsafe extern "C" {
    fn TessBaseAPIInit4(
        api: Api,
        datapath: *const c_char,
        language: *const c_char,
        mode: c_int,
        configs: *const *const c_char,
        configs_size: c_int,
        names: *const *const c_char,
        values: *const *const c_char,
        variables: usize,
        set_only_non_debug_params: c_int,
    ) -> c_int;
    fn TessBaseAPIGetIntVariable(api: Api, name: *const c_char, value: *mut c_int) -> c_int;
    fn TessBaseAPIGetBoolVariable(api: Api, name: *const c_char, value: *mut c_int) -> c_int;
    fn TessBaseAPIGetDoubleVariable(api: Api, name: *const c_char, value: *mut c_double) -> c_int;
    fn TessBaseAPIGetStringVariable(api: Api, name: *const c_char) -> *const c_char;
    fn TessBaseAPISetVariable(api: Api, name: *const c_char, value: *const c_char) -> c_int;
    fn TessBaseAPISetPageSegMode(api: Api, mode: c_int);
    fn TessBaseAPISetImage(
        api: Api,
        pixels: *const u8,
        width: c_int,
        height: c_int,
        depth: c_int,
        stride: c_int,
    );
    fn TessBaseAPISetSourceResolution(api: Api, ppi: c_int);
    fn TessBaseAPIRecognize(api: Api, monitor: *mut c_void) -> c_int;
    fn TessBaseAPIDetectOrientationScript(
        api: Api,
        degrees: *mut c_int,
        confidence: *mut c_float,
        script: *mut *const c_char,
        script_confidence: *mut c_float,
    ) -> c_int;
    fn TessBaseAPIGetIterator(api: Api) -> Iter;
    fn TessBaseAPIClear(api: Api);
    fn TessBaseAPIClearAdaptiveClassifier(api: Api);
    fn TessResultIteratorDelete(iter: Iter);
    fn TessResultIteratorGetPageIterator(iter: Iter) -> Iter;
    fn TessResultIteratorNext(iter: Iter, level: c_int) -> c_int;
    fn TessResultIteratorGetUTF8Text(iter: Iter, level: c_int) -> *mut c_char;
    fn TessResultIteratorConfidence(iter: Iter, level: c_int) -> c_float;
    fn TessResultIteratorWordIsFromDictionary(iter: Iter) -> c_int;
    fn TessResultIteratorWordIsNumeric(iter: Iter) -> c_int;
    fn TessResultIteratorCopy(iter: Iter) -> Iter;
    fn TessResultIteratorGetChoiceIterator(iter: Iter) -> Choices;
    fn TessChoiceIteratorDelete(choices: Choices);
    fn TessChoiceIteratorNext(choices: Choices) -> c_int;
    fn TessChoiceIteratorGetUTF8Text(choices: Choices) -> *const c_char;
    fn TessChoiceIteratorConfidence(choices: Choices) -> c_float;
    fn TessPageIteratorIsAtBeginningOf(iter: Iter, level: c_int) -> c_int;
    fn TessPageIteratorIsAtFinalElement(iter: Iter, level: c_int, element: c_int) -> c_int;
    fn TessPageIteratorBlockType(iter: Iter) -> c_int;
    fn TessPageIteratorBoundingBox(
        iter: Iter,
        level: c_int,
        left: *mut c_int,
        top: *mut c_int,
        right: *mut c_int,
        bottom: *mut c_int,
    ) -> c_int;
    fn TessPageIteratorBaseline(
        iter: Iter,
        level: c_int,
        x1: *mut c_int,
        y1: *mut c_int,
        x2: *mut c_int,
        y2: *mut c_int,
    ) -> c_int;
    fn TessDeleteText(text: *const c_char);
}

/// Version of the library, such as `5.3.0`.
pub(crate) fn engine_version() -> String {
    TesseractAPI::version()
}

/// `tesseract::OcrEngineMode`: which of the two engines in the library is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The older one, which compares shapes of letters; it tells orientation.
    Shapes = 0,
    /// The neural network, which reads.
    Network = 1,
}

/// `tesseract::PageIteratorLevel`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Block = 0,
    Paragraph = 1,
    Line = 2,
    Word = 3,
    Symbol = 4,
}

/// An engine with models loaded. There is one owner and one thread; the raw handle never leaves this file.
pub(crate) struct Handle {
    /// Created with the engine and deleted with it; null at no time between.
    raw: Api,
    /// Deletes the engine when dropped.
    _owner: TesseractAPI,
}

impl Handle {
    /// Loads `language` from the folder `models` with `variables` set, those of the start included.
    pub(crate) fn open(
        models: &str,
        language: &str,
        mode: Mode,
        variables: &[(String, String)],
    ) -> Result<Self, String> {
        let owner = TesseractAPI::new();
        let raw = owner
            .handle
            .lock()
            .map(|raw| *raw)
            .map_err(|_| "the engine is poisoned")?;
        if raw.is_null() {
            return Err("no engine can be made".into());
        }
        let handle = Self { raw, _owner: owner };
        handle.load(&c_string(models)?, &c_string(language)?, mode, variables)?;
        Ok(handle)
    }

    fn load(
        &self,
        models: &CStr,
        language: &CStr,
        mode: Mode,
        variables: &[(String, String)],
    ) -> Result<(), String> {
        let names = variables
            .iter()
            .map(|(name, _)| c_string(name))
            .collect::<Result<Vec<_>, _>>()?;
        let values = variables
            .iter()
            .map(|(_, value)| c_string(value))
            .collect::<Result<Vec<_>, _>>()?;
        let name_list: Vec<*const c_char> = names.iter().map(|name| name.as_ptr()).collect();
        let value_list: Vec<*const c_char> = values.iter().map(|value| value.as_ptr()).collect();
        // SAFETY: `raw` is alive. All strings end with NUL and outlive the call, which copies them; the two
        // lists have `names.len()` entries; no configuration files are passed, so their list may be null.
        let failed = unsafe {
            TessBaseAPIInit4(
                self.raw,
                models.as_ptr(),
                language.as_ptr(),
                mode as c_int,
                ptr::null(),
                0,
                name_list.as_ptr(),
                value_list.as_ptr(),
                names.len(),
                0,
            )
        };
        if failed != 0 {
            return Err(format!(
                "the model {} cannot be loaded",
                language.to_string_lossy()
            ));
        }
        match names.iter().find(|name| !self.knows(name)) {
            Some(name) => Err(format!(
                "the engine has no variable {}",
                name.to_string_lossy()
            )),
            None => Ok(()),
        }
    }

    /// Whether a variable exists; the start passes over those that do not.
    fn knows(&self, name: &CStr) -> bool {
        let (mut int, mut double) = (0, 0.0);
        // SAFETY: `raw` is alive, `name` ends with NUL, and each place to write to has the type asked for. The
        // string that may be returned is compared with null and not read.
        unsafe {
            TessBaseAPIGetBoolVariable(self.raw, name.as_ptr(), &raw mut int) != 0
                || TessBaseAPIGetIntVariable(self.raw, name.as_ptr(), &raw mut int) != 0
                || TessBaseAPIGetDoubleVariable(self.raw, name.as_ptr(), &raw mut double) != 0
                || !TessBaseAPIGetStringVariable(self.raw, name.as_ptr()).is_null()
        }
    }

    /// Whether lines that read badly are tried once more with black and white exchanged.
    pub(crate) fn try_inverse(&mut self, wanted: bool) {
        let value = if wanted { c"1" } else { c"0" };
        // SAFETY: `raw` is alive; both strings end with NUL and are copied. A library without the variable does as it
        // always does.
        unsafe {
            TessBaseAPISetVariable(self.raw, c"tessedit_do_invert".as_ptr(), value.as_ptr());
        }
    }

    /// Sets the page segmentation mode, a value of `tesseract::PageSegMode`.
    pub(crate) fn segment(&mut self, mode: i32) {
        // SAFETY: `raw` is alive; the engine keeps a number.
        unsafe { TessBaseAPISetPageSegMode(self.raw, mode) }
    }

    /// Shows the engine `width` by `height` grey pixels, which it copies.
    pub(crate) fn show(
        &mut self,
        pixels: &[u8],
        width: u32,
        height: u32,
        dpi: Option<i32>,
    ) -> Result<Image<'_>, String> {
        let sides = i32::try_from(width).ok().zip(i32::try_from(height).ok());
        let fits = u64::from(width) * u64::from(height) == pixels.len() as u64;
        let Some((w, h)) = sides.filter(|(w, h)| *w > 0 && *h > 0 && fits) else {
            return Err(format!(
                "{width} x {height} px are not {} bytes",
                pixels.len()
            ));
        };
        // SAFETY: `raw` is alive; `pixels` has `h` rows of `w` bytes at one byte a pixel, as just checked, and
        // the engine reads it in this call only.
        unsafe { TessBaseAPISetImage(self.raw, pixels.as_ptr(), w, h, 1, w) };
        if let Some(dpi) = dpi {
            // SAFETY: `raw` is alive and has an image.
            unsafe { TessBaseAPISetSourceResolution(self.raw, dpi) };
        }
        Ok(Image(self))
    }
}

/// An engine that has an image; it forgets the image when this goes.
pub(crate) struct Image<'a>(&'a mut Handle);

impl Image<'_> {
    /// Reads the image.
    pub(crate) fn recognize(&mut self) -> Result<Walk<'_>, String> {
        // SAFETY: `raw` is alive and has an image; a null monitor means none.
        if unsafe { TessBaseAPIRecognize(self.0.raw, ptr::null_mut()) } != 0 {
            return Err("the image cannot be recognized".into());
        }
        // SAFETY: `raw` is alive and has results. What is returned is null or ours to delete.
        let results = unsafe { TessBaseAPIGetIterator(self.0.raw) };
        Ok(Walk {
            results,
            state: State::Before,
            image: PhantomData,
        })
    }

    /// Tells which way up the image stands; `None` where there is too little text.
    pub(crate) fn orient(&mut self) -> Option<Orientation> {
        let (mut degrees, mut confidence, mut script_confidence) = (0, 0.0, 0.0);
        let mut script: *const c_char = ptr::null();
        // SAFETY: `raw` is alive and has an image; each place to write to has the type asked for.
        let found = unsafe {
            TessBaseAPIDetectOrientationScript(
                self.0.raw,
                &raw mut degrees,
                &raw mut confidence,
                &raw mut script,
                &raw mut script_confidence,
            )
        };
        let turned = u16::try_from(degrees).ok().filter(|_| found != 0)?;
        let script = if script.is_null() {
            String::new()
        } else {
            // SAFETY: not null, ends with NUL, and lies in the engine's table of scripts, which lives as long as
            // the engine; copied at once. It is not to be deleted, whatever capi.h says.
            unsafe { CStr::from_ptr(script) }
                .to_string_lossy()
                .into_owned()
        };
        Some(Orientation {
            turned,
            confidence,
            script,
            script_confidence,
        })
    }
}

impl Drop for Image<'_> {
    fn drop(&mut self) {
        // SAFETY: `raw` is alive, and no `Walk` is: it would borrow this. The second call makes the engine
        // forget words learnt from this image, so that a page reads the same whatever came before it.
        unsafe {
            TessBaseAPIClear(self.0.raw);
            TessBaseAPIClearAdaptiveClassifier(self.0.raw);
        }
    }
}

/// A symbol of a word and what it was chosen from.
pub(crate) struct Symbol {
    /// What was read, a letter as a rule.
    pub(crate) text: String,
    /// What the engine had to choose from, what was read included, with its certainty, 0 to 100.
    pub(crate) choices: Vec<(String, f32)>,
}

/// A walk over the words of an image that has been read.
pub(crate) struct Walk<'a> {
    /// Null when there are no results, else alive until dropped.
    results: Iter,
    state: State,
    image: PhantomData<&'a mut ()>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    At,
    After,
}

impl Walk<'_> {
    /// Goes to the first or the next word; false when there is none. The methods below speak of that word and
    /// have nothing to say before it and after the last.
    pub(crate) fn advance(&mut self) -> bool {
        let another = match self.state {
            State::Before => !self.results.is_null(),
            // SAFETY: `results` is alive: this state is entered with it only.
            State::At => unsafe { TessResultIteratorNext(self.results, Level::Word as c_int) != 0 },
            State::After => false,
        };
        self.state = if another { State::At } else { State::After };
        another
    }

    /// Whether the word is the first of its block, paragraph or line.
    pub(crate) fn begins(&self, level: Level) -> bool {
        // SAFETY: `page` gives an iterator that is alive.
        self.page().is_some_and(
            |page| unsafe { TessPageIteratorIsAtBeginningOf(page, level as c_int) } != 0,
        )
    }

    /// `PolyBlockType` of the block.
    pub(crate) fn block_type(&self) -> i32 {
        // SAFETY: `page` gives an iterator that is alive.
        self.page()
            .map_or(0, |page| unsafe { TessPageIteratorBlockType(page) })
    }

    /// Left, top, right and bottom edges in px.
    pub(crate) fn bounds(&self, level: Level) -> Option<[i32; 4]> {
        self.four(level, TessPageIteratorBoundingBox)
    }

    /// The two ends of the line's baseline in px.
    pub(crate) fn baseline(&self) -> Option<[Point; 2]> {
        let [x1, y1, x2, y2] = self.four(Level::Line, TessPageIteratorBaseline)?;
        Some([Point { x: x1, y: y1 }, Point { x: x2, y: y2 }])
    }

    /// The word itself.
    pub(crate) fn text(&self) -> Option<String> {
        self.text_at(Level::Word)
    }

    fn text_at(&self, level: Level) -> Option<String> {
        let results = self.results()?;
        // SAFETY: `results` is alive. What is returned is null or ours to delete.
        let text = unsafe { TessResultIteratorGetUTF8Text(results, level as c_int) };
        if text.is_null() {
            return None;
        }
        // SAFETY: not null, ends with NUL, and is ours until the next call.
        let copy = unsafe { CStr::from_ptr(text) }
            .to_string_lossy()
            .into_owned();
        // SAFETY: made by the call above and not used after.
        unsafe { TessDeleteText(text) };
        Some(copy)
    }

    /// The symbols of the word, each with what the engine had to choose from there.
    pub(crate) fn symbols(&self) -> Vec<Symbol> {
        let mut symbols = Vec::new();
        let Some(results) = self.results() else {
            return symbols;
        };
        // SAFETY: `results` is alive. What is returned is ours to delete, which `Walk` does.
        let results = unsafe { TessResultIteratorCopy(results) };
        let copy = Self {
            results,
            state: State::At,
            image: PhantomData,
        };
        let Some(page) = copy.page().filter(|_| !copy.results.is_null()) else {
            return symbols;
        };
        while let Some(text) = copy.text_at(Level::Symbol) {
            symbols.push(Symbol {
                text,
                choices: copy.choices(),
            });
            // SAFETY: `copy.results` and `page`, the same object, are alive.
            let another = unsafe {
                TessPageIteratorIsAtFinalElement(page, Level::Word as c_int, Level::Symbol as c_int)
                    == 0
                    && TessResultIteratorNext(copy.results, Level::Symbol as c_int) != 0
            };
            if !another {
                break;
            }
        }
        symbols
    }

    /// What the engine had to choose from at the symbol the walk is at, with its certainty, 0 to 100.
    fn choices(&self) -> Vec<(String, f32)> {
        let mut found = Vec::new();
        let Some(results) = self.results() else {
            return found;
        };
        // SAFETY: `results` is alive. What is returned is null or ours to delete, which happens below.
        let choices = unsafe { TessResultIteratorGetChoiceIterator(results) };
        if choices.is_null() {
            return found;
        }
        loop {
            // SAFETY: `choices` is alive; the text belongs to it and is null or ends with NUL.
            let (text, confidence) = unsafe {
                (
                    TessChoiceIteratorGetUTF8Text(choices),
                    TessChoiceIteratorConfidence(choices),
                )
            };
            if !text.is_null() {
                // SAFETY: not null, ends with NUL, alive as long as `choices`; copied at once.
                let text = unsafe { CStr::from_ptr(text) }
                    .to_string_lossy()
                    .into_owned();
                found.push((text, confidence));
            }
            // SAFETY: `choices` is alive.
            if unsafe { TessChoiceIteratorNext(choices) } == 0 {
                break;
            }
        }
        // SAFETY: made above, deleted here only.
        unsafe { TessChoiceIteratorDelete(choices) };
        found
    }

    /// Certainty about the word, 0 to 100.
    pub(crate) fn confidence(&self) -> f32 {
        // SAFETY: `results` gives an iterator that is alive.
        self.results().map_or(0.0, |results| unsafe {
            TessResultIteratorConfidence(results, Level::Word as c_int)
        })
    }

    /// Whether the dictionary has the word.
    pub(crate) fn in_dictionary(&self) -> bool {
        // SAFETY: `results` gives an iterator that is alive and at a word.
        self.results()
            .is_some_and(|results| unsafe { TessResultIteratorWordIsFromDictionary(results) } != 0)
    }

    /// Whether the word was taken for a number.
    pub(crate) fn is_numeric(&self) -> bool {
        // SAFETY: `results` gives an iterator that is alive and at a word.
        self.results()
            .is_some_and(|results| unsafe { TessResultIteratorWordIsNumeric(results) } != 0)
    }

    fn four(
        &self,
        level: Level,
        ask: unsafe extern "C" fn(
            Iter,
            c_int,
            *mut c_int,
            *mut c_int,
            *mut c_int,
            *mut c_int,
        ) -> c_int,
    ) -> Option<[i32; 4]> {
        let page = self.page()?;
        let (mut a, mut b, mut c, mut d) = (0, 0, 0, 0);
        // SAFETY: `page` is alive; `ask` is one of two functions of this signature, both of which write at most
        // one number to each place.
        let known = unsafe {
            ask(
                page,
                level as c_int,
                &raw mut a,
                &raw mut b,
                &raw mut c,
                &raw mut d,
            )
        } != 0;
        known.then_some([a, b, c, d])
    }

    /// The results while the walk is at a word.
    fn results(&self) -> Option<Iter> {
        (self.state == State::At).then_some(self.results)
    }

    /// The same iterator as its base class.
    fn page(&self) -> Option<Iter> {
        // SAFETY: `results` is alive; what is returned is the same object.
        self.results()
            .map(|results| unsafe { TessResultIteratorGetPageIterator(results) })
    }
}

impl Drop for Walk<'_> {
    fn drop(&mut self) {
        if !self.results.is_null() {
            // SAFETY: made by `TessBaseAPIGetIterator` and deleted here only; its engine is still borrowed.
            unsafe { TessResultIteratorDelete(self.results) };
        }
    }
}

fn c_string(text: &str) -> Result<CString, String> {
    CString::new(text).map_err(|_| format!("{text:?} holds a NUL"))
}
