//! Synonyms: other names of attributes of a class.

use proc_macro2::Ident;

use super::{ColumnField, Composite, Derive, Model, Proxy, RelationField, plain};
use crate::attr::{Given, SynonymOf, nearest};
use crate::ctxt::Ctxt;

/// Another name of an attribute.
#[derive(Debug)]
pub(crate) struct Synonym {
    pub(crate) ident: Ident,
    /// What it is another name of, which is no synonym itself.
    pub(crate) of: String,
}

/// An attribute, whatever it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Named<'a> {
    Column(&'a ColumnField),
    Relation(&'a RelationField),
    Composite(&'a Composite),
    Proxy(&'a Proxy),
}

impl Model {
    /// Reads the synonyms, which may name each other. One with a mistake isn't there.
    pub(super) fn synonyms(&mut self, ctxt: &Ctxt, given: Vec<Given<Vec<SynonymOf>>>) {
        if let (Derive::Table, Some(first)) = (self.derive, given.first()) {
            let message = "a table without a class has no objects whose attributes could have other names";
            ctxt.error_at(first.key, format!("{message}\nhelp: derive `Mapped`"));
            return;
        }
        let given: Vec<SynonymOf> = given.into_iter().flat_map(|given| given.value).collect();
        let found = given.iter().filter_map(|synonym| {
            let of = self.end(ctxt, &given, synonym)?;
            Some(Synonym { ident: synonym.name.clone(), of })
        });
        self.synonyms = found.collect();
    }

    /// The attribute that a synonym leads to, by way of others or none.
    fn end(&self, ctxt: &Ctxt, given: &[SynonymOf], synonym: &SynonymOf) -> Option<String> {
        let (this, mut at) = (&self.ident, synonym);
        for _ in given {
            let name = plain(&at.attribute);
            if self.named(&name).is_some() {
                return Some(name);
            }
            match given.iter().find(|other| plain(&other.name) == name) {
                Some(next) => at = next,
                // What is wrong with another one is said there.
                None if !std::ptr::eq(at, synonym) || self.left_out => return None,
                None => {
                    let names = self.names();
                    let near = nearest(&name, names.iter().map(String::as_str));
                    let help =
                        near.map_or_else(String::new, |near| format!("\nhelp: did you mean `{near}`?"));
                    let message = format!("`{this}` has no attribute `{}`{help}", at.attribute);
                    ctxt.error(&at.attribute, message);
                    return None;
                }
            }
        }
        ctxt.error(&synonym.attribute, format!("`{}` leads back to itself", synonym.name));
        None
    }

    /// The attribute of a name, synonyms apart.
    pub(crate) fn named(&self, name: &str) -> Option<Named<'_>> {
        let column = || self.columns.iter().find(|column| plain(&column.ident) == name);
        let relation = || self.relations.iter().find(|relation| plain(&relation.ident) == name);
        let composite = || self.composites.iter().find(|composite| plain(&composite.ident) == name);
        let proxy = || self.proxies.iter().find(|proxy| plain(&proxy.ident) == name);
        column()
            .map(Named::Column)
            .or_else(|| relation().map(Named::Relation))
            .or_else(|| composite().map(Named::Composite))
            .or_else(|| proxy().map(Named::Proxy))
    }

    fn names(&self) -> Vec<String> {
        let columns = self.columns.iter().map(|column| &column.ident);
        let relations = self.relations.iter().map(|relation| &relation.ident);
        let composites = self.composites.iter().map(|composite| &composite.ident);
        let proxies = self.proxies.iter().map(|proxy| &proxy.ident);
        columns.chain(relations).chain(composites).chain(proxies).map(plain).collect()
    }
}
