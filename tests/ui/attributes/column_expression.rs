//! What can't be said of an attribute that stands for an expression, and what can't be one.

use orm::prelude::*;

#[derive(Mapped)]
#[mapped(unique(columns(name, total)))]
struct Account {
    #[column(primary_key, expression = Account::total + 1)]
    id: i64,
    name: String,
    #[column(expression = Account::name.concat("!"), default = "x")]
    loud: String,
    #[column(expression = Account::name.concat("?"), unique, index)]
    asked: String,
    #[column(expression = Account::name.concat("?"), name = "other", validate = check)]
    other: String,
    #[column(expression = Account::parent_id, foreign_key = Account::id)]
    above_id: Option<i64>,
    parent_id: Option<i64>,
    #[column(expression = func::length(Account::name))]
    total: i64,
    #[column(expression = func::length(Account::name), computed = "length(name)")]
    twice: i64,
    #[column(expire_on_flush = false)]
    nothing: i64,
}

/// Nothing sets what is made of one, or called by another name.
#[derive(CompositeType, Clone)]
struct Pair(String, i64);

#[derive(Mapped)]
#[mapped(composite(pair: Pair = (name, size)), synonym(length = size))]
struct Word {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[column(expression = func::length(Word::name), active_history)]
    long: i64,
    #[column(expression = func::length(Word::name))]
    size: i64,
}

#[derive(Mapped)]
#[mapped(proxy(sizes: i64 = words.size))]
struct Text {
    #[column(primary_key)]
    id: i64,
    words: Many<OfText>,
}

#[derive(Mapped)]
struct OfText {
    #[column(primary_key)]
    id: i64,
    word: String,
    #[column(expression = func::length(OfText::word))]
    size: i64,
    #[column(foreign_key = Text::id)]
    text_id: i64,
}

#[derive(Mapped)]
struct Page {
    #[column(primary_key)]
    id: i64,
    #[relationship(ordered_by = Line::size)]
    lines: Many<Line>,
}

#[derive(Mapped)]
struct Line {
    #[column(primary_key)]
    id: i64,
    word: String,
    #[column(expression = func::length(Line::word))]
    size: i64,
    #[column(foreign_key = Page::id)]
    page_id: i64,
}

fn set(word: &Obj<Word>) -> orm::Result<()> {
    word.set_pair(Pair(String::new(), 1))?;
    word.set_length(1)
}

#[derive(Table)]
struct Link {
    #[column(primary_key)]
    id: i64,
    #[column(expression = Link::id + 1)]
    next: i64,
}

fn check(text: String) -> Result<String, String> {
    Ok(text)
}

fn main() {}
