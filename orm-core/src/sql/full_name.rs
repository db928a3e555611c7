//! Full names of tables. That of the table `users` in the schema `archive` is `archive.users`; one that has a point of its
//! own stands in double quotes there, as SQL writes names. So one text says which table is meant, wherever tables are
//! declared, compared and looked up, and only what writes SQL takes it apart.

use std::borrow::Cow;

use super::Dialect;

/// The schema, and the table's own name.
pub(crate) fn parts(full: &str) -> (Option<Cow<'_, str>>, Cow<'_, str>) {
    // Most names have no point, and are written as they are.
    if !full.contains('.') {
        return (None, Cow::Borrowed(full));
    }
    match separator(full) {
        Some(at) => {
            let (schema, own) = full.split_at(at);
            (Some(unquoted(schema)), unquoted(own.get(1..).unwrap_or_default()))
        }
        None => (None, unquoted(full)),
    }
}

/// The table's own name.
pub(crate) fn own_name(full: &str) -> Cow<'_, str> {
    parts(full).1
}

/// The full name of a table.
pub(crate) fn full_name(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(name)),
        None if name.contains('.') => quoted(name).into_owned(),
        None => name.to_owned(),
    }
}

/// The full name as a part of another name.
pub(crate) fn label(full: &str) -> Cow<'_, str> {
    match parts(full) {
        (Some(schema), own) => Cow::Owned(format!("{}_{own}", schema.replace('.', "_"))),
        (None, own) => own,
    }
}

/// Whether two tables are in the same schema. Databases don't tell schemas apart by case.
pub(crate) const fn in_one_schema(one: &str, other: &str) -> bool {
    match (separator(one), separator(other)) {
        (None, None) => true,
        (Some(one_at), Some(other_at)) => {
            one.split_at(one_at).0.eq_ignore_ascii_case(other.split_at(other_at).0)
        }
        _ => false,
    }
}

/// Writes a full name, each part of it as the dialect writes names.
pub(super) fn write(full: &str, dialect: &dyn Dialect, out: &mut String) {
    let (schema, own) = parts(full);
    if let Some(schema) = schema {
        dialect.write_name(&schema, out);
        out.push('.');
    }
    dialect.write_name(&own, out);
}

/// Where the point between both parts is.
const fn separator(full: &str) -> Option<usize> {
    let bytes = full.as_bytes();
    let (mut at, mut is_quoted) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            // A quote within quotes is doubled, which ends them and begins them again.
            b'"' if bytes[0] == b'"' => is_quoted = !is_quoted,
            b'.' if !is_quoted => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn quoted(part: &str) -> Cow<'_, str> {
    if part.contains('.') || part.starts_with('"') {
        Cow::Owned(format!("\"{}\"", part.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(part)
    }
}

fn unquoted(part: &str) -> Cow<'_, str> {
    match part.strip_prefix('"').and_then(|part| part.strip_suffix('"')) {
        Some(part) if part.contains('"') => Cow::Owned(part.replace("\"\"", "\"")),
        Some(part) => Cow::Borrowed(part),
        None => Cow::Borrowed(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::AnsiDialect;
    use proptest::prelude::*;

    fn written(full: &str) -> String {
        let mut out = String::new();
        write(full, &AnsiDialect, &mut out);
        out
    }

    #[test]
    fn parts_are_quoted_one_by_one() {
        assert_eq!(written("users"), r#""users""#);
        assert_eq!(written("us\"er"), r#""us""er""#);
        assert_eq!(written("archive.users"), r#""archive"."users""#);
        assert_eq!(written(r#""a.b""#), r#""a.b""#);
        assert_eq!(written(&full_name(Some("x.y"), "\"t\"")), r#""x.y"."""t""""#);
        assert_eq!(
            (own_name("archive.users"), label("archive.users")),
            ("users".into(), "archive_users".into())
        );
        assert_eq!((own_name("users"), label("users")), ("users".into(), "users".into()));
    }

    #[test]
    fn schemas_are_compared_without_case() {
        assert!(in_one_schema("users", "links"));
        assert!(in_one_schema("archive.users", "Archive.links"));
        assert!(in_one_schema(r#""x.y".a"#, r#""x.y".b"#));
        assert!(!in_one_schema("archive.users", "users"));
        assert!(!in_one_schema("archive.users", "other.users"));
        assert!(in_one_schema(r#""a.b""#, "users"));
    }

    proptest! {
        #[test]
        fn a_full_name_says_both_parts(schema in prop::option::of("[a\".]{1,5}"), name in "[a\".]{1,5}") {
            let full = full_name(schema.as_deref(), &name);
            let (found_schema, own) = parts(&full);
            prop_assert_eq!(found_schema.as_deref(), schema.as_deref(), "{}", full);
            prop_assert_eq!(own, name.as_str(), "{}", full);
        }
    }
}
