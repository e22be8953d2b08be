//! Objects back to bytes (ISO 32000-1, 7.3).

use std::io::{self, Write};

use crate::{
    lexer::is_regular,
    object::{Dict, Object},
};

/// Writes `object`; of a stream only its dictionary.
///
/// # Errors
/// Whatever `out` says.
pub fn write_object(object: &Object, out: &mut impl Write) -> io::Result<()> {
    match object {
        Object::Null => out.write_all(b"null"),
        Object::Bool(value) => write!(out, "{value}"),
        Object::Integer(value) => write!(out, "{value}"),
        Object::Real(value) => write_real(*value, out),
        Object::Name(name) => write_name(name.as_bytes(), out),
        Object::String(bytes) => write_string(bytes, out),
        Object::Array(values) => {
            out.write_all(b"[")?;
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.write_all(b" ")?;
                }
                write_object(value, out)?;
            }
            out.write_all(b"]")
        }
        Object::Dict(dict) => write_dict(dict, out),
        Object::Stream(stream) => write_dict(&stream.dict, out),
        Object::Ref(id) => write!(out, "{} {} R", id.number, id.generation),
    }
}

/// Writes a dictionary.
///
/// # Errors
/// Whatever `out` says.
pub fn write_dict(dict: &Dict, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"<<")?;
    for (index, entry) in dict.iter().enumerate() {
        if index > 0 {
            out.write_all(b" ")?;
        }
        write_name(entry.key.as_bytes(), out)?;
        out.write_all(b" ")?;
        write_object(&entry.value, out)?;
    }
    out.write_all(b">>")
}

/// Never an exponent: PDF has none (7.3.3). What is no number is 0.
fn write_real(value: f64, out: &mut impl Write) -> io::Result<()> {
    if value.is_finite() {
        write!(out, "{value}")
    } else {
        out.write_all(b"0")
    }
}

fn write_name(name: &[u8], out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"/")?;
    for &byte in name {
        if is_regular(byte) && byte != b'#' && byte.is_ascii_graphic() {
            out.write_all(&[byte])?;
        } else {
            write!(out, "#{byte:02X}")?;
        }
    }
    Ok(())
}

/// In parentheses when it is plain text, else in hexadecimal, which survives any transport.
fn write_string(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    if bytes
        .iter()
        .all(|byte| byte.is_ascii_graphic() || *byte == b' ')
    {
        out.write_all(b"(")?;
        for &byte in bytes {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.write_all(b"\\")?;
            }
            out.write_all(&[byte])?;
        }
        return out.write_all(b")");
    }
    out.write_all(b"<")?;
    for byte in bytes {
        write!(out, "{byte:02X}")?;
    }
    out.write_all(b">")
}
