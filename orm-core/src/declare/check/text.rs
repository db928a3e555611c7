//! `Text`: a message composed while constants are evaluated, where nothing can be allocated.

use crate::declare::{ModelDecl, TableDecl};

/// A text of bounded length; what doesn't fit is cut off.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    bytes: [u8; Text::SIZE],
    len: usize,
}

impl Text {
    const SIZE: usize = 720;

    pub(crate) const fn new() -> Self {
        Text { bytes: [0; Text::SIZE], len: 0 }
    }

    /// Appends a text.
    pub(crate) const fn s(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() && self.len < Text::SIZE {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Appends another text.
    pub(crate) const fn text(self, other: &Text) -> Self {
        self.s(other.as_str())
    }

    pub(crate) const fn as_str(&self) -> &str {
        let bytes = self.bytes.split_at(self.len).0;
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            // Cut in the middle of a character.
            Err(error) => match core::str::from_utf8(bytes.split_at(error.valid_up_to()).0) {
                Ok(text) => text,
                Err(_) => "",
            },
        }
    }
}

/// The attribute of a column.
const fn attribute<'a>(table: &TableDecl, column: &'a str) -> &'a str {
    match table.column(column) {
        Some(column) => column.attribute,
        None => column,
    }
}

/// `Class::attribute`, for each column of a key.
pub(super) const fn paths(mut text: Text, class: &str, table: &TableDecl, columns: &[&str]) -> Text {
    let tuple = columns.len() > 1;
    if tuple {
        text = text.s("(");
    }
    let mut i = 0;
    while i < columns.len() {
        if i > 0 {
            text = text.s(", ");
        }
        text = text.s(class).s("::").s(attribute(table, columns[i]));
        i += 1;
    }
    if tuple { text.s(")") } else { text }
}

/// What a class, or an association table, is to write so that it has a foreign key to a class.
pub(super) const fn add_key(text: Text, child: Option<&ModelDecl>, parent: &ModelDecl) -> Text {
    let mut columns = 0;
    let mut i = 0;
    while i < parent.table.columns.len() {
        columns += parent.table.columns[i].primary_key as usize;
        i += 1;
    }
    if columns < 2 {
        let text = text.s("`#[column(foreign_key = ").s(parent.class).s("::").s(key_of(parent));
        return owner(text.s(")]` to a field of "), child);
    }
    // A key of several columns stands on the struct; a foreign key for each of them would be another one.
    let mut text = text.s("`#[mapped(foreign_key(columns(");
    let mut shown = 0;
    i = 0;
    while i < parent.table.columns.len() {
        if parent.table.columns[i].primary_key {
            text = text.s(if shown > 0 { ", " } else { "" }).s(parent.table.columns[i].attribute);
            shown += 1;
        }
        i += 1;
    }
    text = text.s("), references(");
    shown = 0;
    i = 0;
    while i < parent.table.columns.len() {
        if parent.table.columns[i].primary_key {
            text = text
                .s(if shown > 0 { ", " } else { "" })
                .s(parent.class)
                .s("::")
                .s(parent.table.columns[i].attribute);
            shown += 1;
        }
        i += 1;
    }
    owner(text.s(")))]`\nto "), child).s(", with such fields")
}

const fn owner(text: Text, class: Option<&ModelDecl>) -> Text {
    match class {
        Some(class) => text.s("`").s(class.class).s("`"),
        None => text.s("it"),
    }
}

/// The name of the first primary key attribute, for examples.
const fn key_of(model: &ModelDecl) -> &'static str {
    let mut i = 0;
    while i < model.table.columns.len() {
        if model.table.columns[i].primary_key {
            return model.table.columns[i].attribute;
        }
        i += 1;
    }
    "id"
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn cuts_between_characters() {
        let mut text = Text::new().s("x");
        for _ in 0..Text::SIZE {
            text = text.s("é");
        }
        assert_eq!(text.as_str().len(), Text::SIZE - 1);
    }
}
