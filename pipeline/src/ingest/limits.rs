//! How much one page and one file may ask for.

use super::error::Fault;
use crate::record::said;

/// What is refused before memory is taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest side in px. The CCITT coder counts in 16 bits (32,767); A0 at 600 dpi has 28,087.
    pub max_side: u32,
    /// Most pixels of a page. A0 at 400 dpi has 248 million.
    pub max_pixels: u64,
    /// Most working memory in bytes that decoding one page may need, by the estimate of its format:
    /// 1.5 GB lets two workers run on a machine with 4 GB.
    pub max_page_bytes: u64,
    /// Most coded bytes of one page. Uncompressed A3 at 600 dpi in colour has 209 million.
    pub max_coded_bytes: u64,
    /// Most bytes that the streams of a PDF page inflate to, images aside. Drawings of whole cities have 20 million;
    /// the interpreter takes some seconds for this many.
    pub max_page_stream_bytes: u64,
    /// Most pages of a file: a 4 GiB file of G4 pages of 40 KB has 107,000.
    pub max_pages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_side: 30_000,
            max_pixels: 300_000_000,
            max_page_bytes: 1_500_000_000,
            max_coded_bytes: 512 << 20,
            max_page_stream_bytes: 64 << 20,
            max_pages: 110_000,
        }
    }
}

impl Limits {
    /// The number of pixels of a page, if it may be decoded at `bytes_per_pixel` of working memory.
    pub(crate) fn admit(
        &self,
        width: u32,
        height: u32,
        bytes_per_pixel: u64,
    ) -> Result<usize, Fault> {
        if width == 0 || height == 0 {
            return Err(Fault::damaged(
                None,
                said!(
                    "ảnh có kích thước {width} x {height} px",
                    "the image is {width} x {height} px"
                ),
            ));
        }
        let size = || said!("{width} x {height} px", "{width} x {height} px");
        if width.max(height) > self.max_side {
            return Err(Fault::TooLarge {
                what: size(),
                limit: said!("{} px mỗi cạnh", "{} px a side", self.max_side),
            });
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_pixels {
            return Err(Fault::TooLarge {
                what: size(),
                limit: said!("{} px", "{} px", self.max_pixels),
            });
        }
        let bytes = pixels.saturating_mul(bytes_per_pixel);
        if bytes > self.max_page_bytes {
            return Err(Fault::TooLarge {
                what: said!(
                    "{width} x {height} px ở kiểu mã hóa này cần {bytes} byte bộ nhớ",
                    "{width} x {height} px in this coding needs {bytes} bytes of memory"
                ),
                limit: said!("{} byte", "{} bytes", self.max_page_bytes),
            });
        }
        usize::try_from(pixels).map_err(|_| Fault::TooLarge {
            what: size(),
            limit: said!(
                "không gian địa chỉ của máy này",
                "this machine's address space"
            ),
        })
    }

    /// A number of coded bytes as a length, if it may be read.
    pub(crate) fn admit_coded(&self, bytes: u64) -> Result<usize, Fault> {
        let too_large = || Fault::TooLarge {
            what: said!("{bytes} byte dữ liệu nén", "{bytes} coded bytes"),
            limit: said!("{} byte", "{} bytes", self.max_coded_bytes),
        };
        if bytes > self.max_coded_bytes {
            return Err(too_large());
        }
        usize::try_from(bytes).map_err(|_| too_large())
    }
}
