//! Checks of proxies by constant evaluation: what the type of the attribute says is compared with the declaration of its
//! class, and what a new object needs with what the proxy gives it.

use super::end::ProxyEnd;
use super::field::ProxyField;
use crate::declare::{Declared, Kind, ModelDecl, TableDecl, Text, is_required, same};

/// How a proxy makes what leads to a value.
#[derive(Clone, Copy)]
pub enum Makes {
    /// By a function, or not at all.
    AsSaid,
    /// With the value alone, and with these attributes, which hold the key of a keyed collection.
    With(&'static [&'static str]),
}

/// Compares a proxy with the class of its relationship, in constants only. `end` is the attribute at the end of its path;
/// `on_none` says that setting none makes an object.
///
/// # Panics
/// Where it is wrong, which is the compile error.
#[track_caller]
#[allow(clippy::panic, reason = "evaluated by the compiler, whose error it becomes")]
pub const fn check_proxy<S: Declared, F: ProxyField, V: ProxyEnd>(
    name: &str,
    end: &str,
    makes: Makes,
    on_none: bool,
) {
    let other = <F::Target as Declared>::DECLARED;
    // A class with mistakes of its own has an empty declaration; its errors are enough.
    if other.class.is_empty() {
        return;
    }
    let end = other.attribute(end);
    let text = Text::new().s("proxy `").s(S::CLASS).s(".").s(name).s("`: ");
    if let (Some(relation), Some(kind)) = (other.relation(end), V::KIND)
        && relation.kind as u8 != kind as u8
    {
        let text = text.s("`").s(other.class).s(".").s(end).s("` is a `").s(field(relation.kind));
        panic!(
            "{}",
            text.s("`, and the proxy says `")
                .s(field(kind))
                .s("`\nhelp: write the type that the field has")
                .as_str()
        );
    }
    if on_none && !V::NULLABLE {
        let text = text.s("`").s(other.class).s(".").s(end).s("` is never none, and can't be made of none");
        panic!("{}", text.s("\nhelp: remove `create_on_none_assignment`").as_str());
    }
    if let Makes::With(_) = makes
        && only_read(&other.table, end)
    {
        let text = text.s("nothing can set `").s(other.class).s(".").s(end).s("`\nhelp: add `viewonly`");
        panic!("{}", text.as_str());
    }
    if let Makes::With(keys) = makes
        && let Some(missing) = missing(other, S::TABLE, V::TABLE, end, keys)
    {
        let text =
            text.s("a new `").s(other.class).s("` needs `").s(missing).s("` too\nhelp: add `creator = |");
        let text = if matches!(F::KIND, Kind::Map) { text.s("key, ") } else { text };
        let text = text.s("value| ").s(other.class).s("::builder().").s(end).s("(value).").s(missing);
        panic!("{}", text.s("(...)`,\nor `viewonly` where it is only read").as_str());
    }
}

/// As a field is written.
const fn field(kind: Kind) -> &'static str {
    match kind {
        Kind::List => "Many<...>",
        Kind::Set => "ManySet<...>",
        Kind::Map => "ManyMap<...>",
        Kind::WriteOnly => "WriteOnly<...>",
        Kind::Dynamic => "Dynamic<...>",
        Kind::One => "One<...>",
        Kind::OptionalOne => "Option<One<...>>",
    }
}

/// An attribute that a new row needs, and that neither the value nor the relationship gives.
const fn missing(
    other: &'static ModelDecl,
    owner: &str,
    target: &str,
    end: &str,
    keys: &[&str],
) -> Option<&'static str> {
    let table = &other.table;
    let is_proxy = other.relation(end).is_none() && !has(table, end);
    let mut i = 0;
    while i < table.columns.len() {
        let column = &table.columns[i];
        let given = same(column.attribute, end) || names(other, keys, column.attribute);
        if is_required(column) && !given && !is_carried(table, column.name, owner, target, is_proxy) {
            return Some(column.attribute);
        }
        i += 1;
    }
    None
}

/// Whether one of the names is that of the attribute.
const fn names(other: &ModelDecl, names: &[&str], attribute: &str) -> bool {
    let mut i = 0;
    while i < names.len() {
        if same(other.attribute(names[i]), attribute) {
            return true;
        }
        i += 1;
    }
    false
}

const fn has(table: &TableDecl, attribute: &str) -> bool {
    let mut i = 0;
    while i < table.columns.len() {
        if same(table.columns[i].attribute, attribute) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether the attribute is a column that nobody sets.
const fn only_read(table: &TableDecl, attribute: &str) -> bool {
    let mut i = 0;
    while i < table.columns.len() {
        let column = &table.columns[i];
        if same(column.attribute, attribute) {
            return column.is_only_read();
        }
        i += 1;
    }
    false
}

const fn among(names: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < names.len() {
        if same(names[i], name) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether a relationship gives the column its value: it is of a foreign key to the class with the proxy, or to the one that
/// the proxy leads to. Where another proxy leads is known to that.
const fn is_carried(table: &TableDecl, column: &str, owner: &str, target: &str, anywhere: bool) -> bool {
    let mut i = 0;
    while i < table.foreign_keys.len() {
        let key = &table.foreign_keys[i];
        if among(key.columns, column) && (anywhere || same(key.table, owner) || same(key.table, target)) {
            return true;
        }
        i += 1;
    }
    false
}
