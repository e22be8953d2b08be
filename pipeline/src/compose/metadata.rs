//! What the file says about itself: XMP and the information dictionary, which must agree (ISO 19005-1, 6.7.3).

use super::objects::text_string;
use super::pdfa::{Options, Profile};
use super::xml::escaped;

/// A date and time with its distance from UTC; handed in, because nothing here reads a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// Year, 0 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// Minutes east of UTC, -1,439 to 1,439; Viet Nam is 420.
    pub utc_offset_minutes: i16,
}

impl DateTime {
    /// The form of RFC 3339, which is also the form of ISO 8601 that XMP takes.
    pub fn to_rfc3339(self) -> String {
        self.written("-", "T", ":", ":")
    }

    /// The form of ISO 32000-1, 7.9.4.
    fn pdf(self) -> String {
        format!("(D:{}')", self.written("", "", "", "'"))
    }

    /// Date, time and offset with these marks within the date, before the time, within the time, within the offset.
    fn written(self, dash: &str, before: &str, colon: &str, within: &str) -> String {
        let (sign, hours, minutes) = self.offset();
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = self.clamped();
        format!(
            "{year:04}{dash}{month:02}{dash}{day:02}{before}{hour:02}{colon}{minute:02}{colon}{second:02}\
             {sign}{hours:02}{within}{minutes:02}"
        )
    }

    fn offset(self) -> (char, u16, u16) {
        let minutes = self.utc_offset_minutes.unsigned_abs().min(23 * 60 + 59);
        (
            if self.utc_offset_minutes < 0 {
                '-'
            } else {
                '+'
            },
            minutes / 60,
            minutes % 60,
        )
    }

    /// The nearest value that both notations can hold.
    fn clamped(self) -> Self {
        Self {
            year: self.year.min(9999),
            month: self.month.clamp(1, 12),
            day: self.day.clamp(1, 31),
            hour: self.hour.min(23),
            minute: self.minute.min(59),
            second: self.second.min(59),
            ..self
        }
    }
}

/// The information dictionary. Every entry has its twin in [`xmp`].
pub(super) fn information(options: &Options) -> String {
    let date = options.created.pdf();
    format!(
        "<</Title {}/Creator {}/Producer {}/CreationDate {date}/ModDate {date}>>",
        text_string(&shown(&options.title)),
        text_string(&shown(&options.creator)),
        text_string(&shown(&options.producer)),
    )
}

/// The XMP packet, with the PDF/A part and level that the file claims; read-only, because a change of it is a
/// change of the record.
pub(super) fn xmp(options: &Options, claim: Option<Profile>) -> String {
    let claim = claim.map_or_else(String::new, |profile| {
        let (part, conformance) = match profile {
            Profile::A1b => ('1', 'B'),
            Profile::A2b => ('2', 'B'),
            Profile::A2u => ('2', 'U'),
            Profile::A3b => ('3', 'B'),
        };
        format!("<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>{conformance}</pdfaid:conformance>\n")
    });
    let title = escaped(&shown(&options.title));
    let creator = escaped(&shown(&options.creator));
    let producer = escaped(&shown(&options.producer));
    let language = escaped(&options.language);
    let date = options.created.to_rfc3339();
    let id: String = options
        .id
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" \
xmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n\
<dc:format>application/pdf</dc:format>\
<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>\n\
<xmp:CreatorTool>{creator}</xmp:CreatorTool>\
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>\
<pdf:Producer>{producer}</pdf:Producer>\n\
<xmpMM:DocumentID>uuid:{id}</xmpMM:DocumentID>\
{claim}</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"
    )
}

/// `text` in NFC, as both notations can hold it: without control characters, tabs and line ends as spaces.
fn shown(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc()
        .map(|c| {
            if matches!(c, '\t' | '\n' | '\r') {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_dates_name_one_moment() {
        let date = DateTime {
            year: 2025,
            month: 3,
            day: 9,
            hour: 7,
            minute: 5,
            second: 1,
            utc_offset_minutes: 420,
        };
        assert_eq!(date.to_rfc3339(), "2025-03-09T07:05:01+07:00");
        assert_eq!(date.pdf(), "(D:20250309070501+07'00')");
        let west = DateTime {
            utc_offset_minutes: -210,
            ..date
        };
        assert_eq!(west.to_rfc3339(), "2025-03-09T07:05:01-03:30");
    }
}
