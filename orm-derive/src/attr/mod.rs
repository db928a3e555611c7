//! Reads `#[mapped]`, `#[column]` and `#[relationship]` into typed options.

mod column;
mod entity;
pub(crate) mod keys;
mod relation;
mod value;

pub(crate) use column::{ColumnOptions, ForeignKeyOptions};
pub(crate) use entity::{CompositeKey, EntityOptions, FieldList};
pub(crate) use relation::RelationOptions;
pub(crate) use value::Reference;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, Ident, LitStr, Meta, Path, Token};

use self::keys::{Key, Place};
use self::value::Value;
use crate::ctxt::Ctxt;

/// A value with the place of its key.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    pub(crate) value: T,
    pub(crate) key: Span,
}

#[derive(Debug)]
struct Entry {
    key: &'static Key,
    span: Span,
    value: Value,
}

/// The entries of an attribute or a list in one. Options take theirs out; what stays behind was forgotten by
/// the code that reads them, and is reported.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    list: Vec<Entry>,
    /// Keys whose values were wrong. They were given: that they lack is no mistake too.
    failed: Vec<&'static str>,
}

impl Entries {
    /// Those of all attributes of a place among `attrs`, and where the first one stands.
    fn read(ctxt: &Ctxt, place: Place, attrs: &[Attribute]) -> (Entries, Option<Span>) {
        let word = place.text().trim_start_matches("#[").trim_end_matches(']');
        let mut all = Entries::default();
        let mut first = None;
        for attr in attrs.iter().filter(|attr| attr.path().is_ident(word)) {
            first = first.or_else(|| attr.path().get_ident().map(Ident::span));
            match &attr.meta {
                Meta::Path(_) => {}
                Meta::List(list) => {
                    match list.parse_args_with(|input: ParseStream<'_>| Ok(parse_list(ctxt, place, input))) {
                        Ok(entries) => {
                            all.failed.extend(entries.failed);
                            entries.list.into_iter().for_each(|entry| all.add(ctxt, entry));
                        }
                        Err(error) => ctxt.push(error),
                    }
                }
                Meta::NameValue(meta) => {
                    ctxt.error(meta, format!("`{word}` takes a list: `#[{word}({})]`", example(place)));
                }
            }
        }
        (all, first)
    }

    fn add(&mut self, ctxt: &Ctxt, entry: Entry) {
        if !entry.key.repeats && self.list.iter().any(|other| std::ptr::eq(other.key, entry.key)) {
            ctxt.error_at(entry.span, format!("`{}` stands twice", entry.key.name));
        } else {
            self.list.push(entry);
        }
    }

    fn take(&mut self, name: &str) -> Option<Entry> {
        let at = self.list.iter().position(|entry| entry.key.name == name)?;
        Some(self.list.remove(at))
    }

    fn failed(&self, name: &str) -> bool {
        self.failed.contains(&name)
    }

    fn flag(&mut self, name: &str) -> Option<Given<bool>> {
        if self.failed(name) {
            return Some(Given { value: true, key: Span::call_site() });
        }
        let entry = self.take(name)?;
        match entry.value {
            Value::Flag(value) => Some(Given { value, key: entry.span }),
            _ => None,
        }
    }

    fn text(&mut self, name: &str) -> Option<Given<LitStr>> {
        let entry = self.take(name)?;
        match entry.value {
            Value::Text(value) => Some(Given { value, key: entry.span }),
            _ => None,
        }
    }

    fn word(&mut self, name: &str) -> Option<Given<&'static str>> {
        let entry = self.take(name)?;
        match entry.value {
            Value::Word(value) => Some(Given { value, key: entry.span }),
            _ => None,
        }
    }

    fn words(&mut self, name: &str) -> Option<Given<Vec<&'static str>>> {
        let entry = self.take(name)?;
        match entry.value {
            Value::Words(value) => Some(Given { value, key: entry.span }),
            _ => None,
        }
    }

    fn path(&mut self, name: &str) -> Option<Path> {
        match self.take(name)?.value {
            Value::Path(path) => Some(path),
            _ => None,
        }
    }

    fn reference(&mut self, name: &str) -> Option<Given<Reference>> {
        let entry = self.take(name)?;
        match entry.value {
            Value::Reference(value) => Some(Given { value, key: entry.span }),
            _ => None,
        }
    }

    fn references(&mut self, name: &str) -> Option<Given<Vec<Reference>>> {
        let entry = self.take(name)?;
        match entry.value {
            Value::References(value) => Some(Given { value, key: entry.span }),
            _ => None,
        }
    }

    fn exprs(&mut self, name: &str) -> Option<Given<Vec<Expr>>> {
        let entry = self.take(name)?;
        match entry.value {
            Value::Exprs(value) => Some(Given { value, key: entry.span }),
            _ => None,
        }
    }

    fn expr(&mut self, name: &str) -> Option<Given<Expr>> {
        let given = self.exprs(name)?;
        given.value.into_iter().next().map(|value| Given { value, key: given.key })
    }

    fn fields(&mut self, name: &str) -> Option<Vec<Ident>> {
        match self.take(name)?.value {
            Value::Fields(fields) => Some(fields),
            _ => None,
        }
    }

    fn nested(&mut self, name: &str) -> Vec<(Span, Entries)> {
        let mut lists = Vec::new();
        while let Some(entry) = self.take(name) {
            if let Value::Nested(entries) = entry.value {
                lists.push((entry.span, entries));
            }
        }
        lists
    }

    /// Refuses to drop an option silently.
    fn finish(self, ctxt: &Ctxt) {
        for entry in self.list {
            ctxt.error_at(entry.span, format!("`{}` has no effect here", entry.key.name));
        }
    }
}

fn example(place: Place) -> String {
    keys::KEYS
        .iter()
        .find(|key| key.place == place)
        .map(|key| key.shape.example(key.name))
        .unwrap_or_default()
}

/// Reads `key, key = value, key(...)`. A mistake in one entry doesn't hide those behind it.
fn parse_list(ctxt: &Ctxt, place: Place, input: ParseStream<'_>) -> Entries {
    let mut entries = Entries::default();
    while !input.is_empty() {
        if let Err(error) = parse_entry(ctxt, place, input, &mut entries) {
            ctxt.push(error);
            if value::skip_entry(input).is_err() {
                break;
            }
        }
        if !input.is_empty() && input.parse::<Token![,]>().is_err() {
            ctxt.error_at(input.span(), "expected `,`");
            if value::skip_entry(input).is_err() || input.parse::<Option<Token![,]>>().is_err() {
                break;
            }
        }
    }
    entries
}

fn parse_entry(ctxt: &Ctxt, place: Place, input: ParseStream<'_>, entries: &mut Entries) -> syn::Result<()> {
    let keys = || keys::legal(place).join(", ");
    let name = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(error.span(), format!("expected a key of `{}`: {}", place.text(), keys()))
    })?;
    let Some(key) = keys::find(place, &name.to_string()) else {
        return Err(syn::Error::new(name.span(), keys::unknown(place, &name.to_string())));
    };
    let value = value::parse(ctxt, key, &name, input).inspect_err(|_| entries.failed.push(key.name))?;
    entries.add(ctxt, Entry { key, span: name.span(), value });
    Ok(())
}
