//! Literals of SQL as values of Rust: what a column's `server_default` is in a plain struct.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitByteStr, LitStr, Type};

use super::ty::{self, INTEGERS};

/// The value that a literal is in a column of a built-in type; nothing where it is no literal, or none of that type.
pub(super) fn value(sql: &LitStr, ty: &Type) -> Option<TokenStream> {
    let (name, optional) = ty::scalar(ty)?;
    let text = sql.value();
    let text = without_parentheses(&text);
    let span = sql.span();
    if text.eq_ignore_ascii_case("null") {
        return optional.then(|| quote_spanned!(span=> ::core::option::Option::None));
    }
    let value = match name.as_str() {
        "bool" => truth(text).map(|is| quote_spanned!(span=> #is)),
        "String" => quoted(text).or_else(|| integer(text).map(|_| text.to_owned())).map(|text| {
            let text = LitStr::new(&text, span);
            quote_spanned!(span=> ::std::string::String::from(#text))
        }),
        "Vec" => bytes(text).map(|bytes| {
            let bytes = LitByteStr::new(&bytes, span);
            quote_spanned!(span=> #bytes.to_vec())
        }),
        "f32" | "f64" => real(text).map(|(sign, real)| signed(sign, Literal::f64_unsuffixed(real), span)),
        integers if INTEGERS.contains(&integers) => {
            let (sign, number) = integer(text)?;
            let is_signed = integers.starts_with('i');
            (is_signed || !sign).then(|| signed(sign, Literal::u64_unsuffixed(number), span))
        }
        _ => None,
    }?;
    Some(if optional { quote_spanned!(span=> ::core::option::Option::Some(#value)) } else { value })
}

fn signed(sign: bool, mut number: Literal, span: Span) -> TokenStream {
    number.set_span(span);
    if sign { quote_spanned!(span=> -#number) } else { quote!(#number) }
}

/// `('x')` as `'x'`. Parentheses that don't belong together make no literal.
fn without_parentheses(mut text: &str) -> &str {
    loop {
        text = text.trim();
        match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            Some(inner) => text = inner,
            None => return text,
        }
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// The text of `'it''s'`.
fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let is_whole = !inner.replace("''", "").contains('\'');
    is_whole.then(|| inner.replace("''", "'"))
}

/// The bytes of `x'00ff'`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(['x', 'X'])?.strip_prefix('\'')?.strip_suffix('\'')?;
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn integer(text: &str) -> Option<(bool, u64)> {
    let (sign, digits) = sign(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { digits.parse().ok().map(|number| (sign, number)) } else { None }
}

fn real(text: &str) -> Option<(bool, f64)> {
    let (sign, digits) = sign(text);
    let is_number = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let real: f64 = if is_number { digits.parse().ok()? } else { return None };
    real.is_finite().then_some((sign, real))
}

#[cfg(test)]
mod tests {
    use syn::{LitStr, parse_str};

    use super::value;

    fn of(sql: &str, ty: &str) -> String {
        let sql = LitStr::new(sql, proc_macro2::Span::call_site());
        value(&sql, &parse_str(ty).unwrap())
            .map_or_else(String::new, |tokens| tokens.to_string().replace(' ', ""))
    }

    #[test]
    fn literals_are_taken_over() {
        for (sql, ty, rust) in [
            ("5", "i64", "5"),
            ("-5", "i8", "-5"),
            ("(5)", "Option<u16>", "::core::option::Option::Some(5)"),
            ("TRUE", "bool", "true"),
            ("0", "bool", "false"),
            ("'it''s'", "String", "::std::string::String::from(\"it's\")"),
            ("''", "String", "::std::string::String::from(\"\")"),
            ("7", "String", "::std::string::String::from(\"7\")"),
            ("NULL", "Option<String>", "::core::option::Option::None"),
            ("x'00ff'", "Vec<u8>", "b\"\\0\\xFF\".to_vec()"),
            ("1", "f64", "1.0"),
            ("-1.5e3", "f32", "-1500.0"),
        ] {
            assert_eq!(of(sql, ty), rust, "{sql}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for (sql, ty) in [
            ("current_timestamp", "String"),
            ("'a' || 'b'", "String"),
            ("(1) + (2)", "i64"),
            ("1 + 2", "i64"),
            ("-5", "u8"),
            ("5.0", "i64"),
            ("2", "bool"),
            ("1 = 1", "bool"),
            ("inf", "f64"),
            ("NULL", "i64"),
            ("x'0'", "Vec<u8>"),
            ("'x'", "Status"),
            ("", "i64"),
        ] {
            assert_eq!(of(sql, ty), "", "{sql}");
        }
    }
}
