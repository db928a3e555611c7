//! Words of an enum.

use std::marker::PhantomData;

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit};

use super::parse::{Entry, Shape, filled, text};
use crate::attr::near::nearest;
use crate::attr::setting::Setting;
use crate::attr::word::{self, Combined, Words};

/// `= "word"`, one of the words of an enum.
pub(crate) struct Word<W>(PhantomData<W>);

impl<W: Words> Shape for Word<W> {
    type Value = W;
    type Slot = Setting<W>;

    fn example(key: &str) -> String {
        example_word::<W>(key)
    }

    fn takes(key: &str) -> String {
        let words: Vec<&str> = W::ALL.iter().map(|word| word.text()).collect();
        format!("one word, `{key} = \"{}\"`", words.join("\"`, `\""))
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<W> {
        let text = filled::<Self>(entry, expr)?;
        word(entry, &text.value(), text.span())
    }
}

/// Nothing, or `= true`, `= false`, or one of the words of an enum.
pub(crate) struct FlagOr<W>(PhantomData<W>);

/// What a flag says that takes a word too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OnOr<W> {
    Off,
    On,
    Word(W),
}

impl<W: Words> Shape for FlagOr<W> {
    type Value = OnOr<W>;
    type Slot = Setting<OnOr<W>>;

    fn example(key: &str) -> String {
        key.to_owned()
    }

    fn takes(key: &str) -> String {
        let words: String = W::ALL.iter().map(|word| format!(" or `{key} = \"{}\"`", word.text())).collect();
        format!("`{key}`, `{key} = false`{words}")
    }

    fn alone(_: Entry<'_>) -> syn::Result<OnOr<W>> {
        Ok(OnOr::On)
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<OnOr<W>> {
        if let Expr::Lit(ExprLit { lit: Lit::Bool(on), .. }) = &expr {
            return Ok(if on.value { OnOr::On } else { OnOr::Off });
        }
        let text = filled::<Self>(entry, expr)?;
        word(entry, &text.value(), text.span()).map(OnOr::Word)
    }
}

/// `= "word, word"`, of the words of an enum.
pub(crate) struct Several<W>(PhantomData<W>);

impl<W: Combined> Shape for Several<W> {
    type Value = Vec<W>;
    type Slot = Setting<Vec<W>>;

    fn example(key: &str) -> String {
        example_word::<W>(key)
    }

    fn takes(key: &str) -> String {
        format!("words in a text, `{key} = \"{}\"`", word::joined(W::EXAMPLE))
    }

    fn assigned(entry: Entry<'_>, expr: Expr) -> syn::Result<Vec<W>> {
        let text = text::<Self>(entry, expr)?;
        let mut words = Vec::new();
        for part in text.value().split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match word(entry, part, text.span()) {
                Ok(word) => words.push(word),
                Err(error) => entry.ctxt.push(error),
            }
        }
        Ok(words)
    }
}

fn example_word<W: Words>(key: &str) -> String {
    format!("{key} = \"{}\"", W::ALL.first().map_or("", |word| word.text()))
}

pub(super) fn word<W: Words>(entry: Entry<'_>, value: &str, at: Span) -> syn::Result<W> {
    let value = &if W::IS_SQL { value.to_lowercase() } else { value.to_owned() };
    if let Some(word) = W::find(value) {
        return Ok(word);
    }
    let words = || W::ALL.iter().map(|word| word.text());
    if let Some((_, instead)) = W::ELSEWHERE.iter().find(|(word, _)| *word == value) {
        return Err(syn::Error::new(at, format!("`{} = \"{value}\"`: {instead}", entry.key)));
    }
    let mut message = format!("`{}` has no word \"{value}\"", entry.key);
    if let Some(near) = nearest(&value.to_lowercase(), words()) {
        message.push_str(&format!("\nhelp: did you mean \"{near}\"?"));
    }
    let quoted: Vec<String> = words().map(|word| format!("\"{word}\"")).collect();
    message.push_str(&format!("\nlegal here: {}", quoted.join(", ")));
    Err(syn::Error::new(at, message))
}
