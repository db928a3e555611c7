//! The names of proxies, composites and synonyms: they are items of the class, as those of fields are.

use proc_macro2::Ident;

use super::names::HANDLE;
use crate::ctxt::Ctxt;
use crate::model::{Model, plain};

/// Operations that are made beside the accessors, and give way to fields only.
const OWN: &[&str] = &["builder", "with", "to_value"];

pub(super) fn names(ctxt: &Ctxt, model: &mut Model) {
    let this = plain(&model.ident);
    let proxies = model.proxies.iter().map(|proxy| ("proxy", "proxies", &proxy.ident));
    let composites = model.composites.iter().map(|composite| ("composite", "composites", &composite.ident));
    let synonyms = model.synonyms.iter().map(|synonym| ("synonym", "synonyms", &synonym.ident));
    let all: Vec<(&str, &str, &Ident)> = proxies.chain(composites).chain(synonyms).collect();
    let mut clashes = Vec::new();
    for (at, (kind, kinds, ident)) in all.iter().enumerate() {
        let name = plain(ident);
        let is_it = |other: &str| model.has_field(other) || all.iter().any(|(_, _, one)| plain(one) == other);
        let twin = all.iter().take(at).find(|(_, _, other)| plain(other) == name);
        let why = if model.has_field(&name) {
            format!("`{this}` has a field `{name}`, and the {kind} can't have its name")
        } else if let Some((other, ..)) = twin {
            match other == kind {
                true => format!("`{this}` has two {kinds} of the name `{name}`"),
                false => format!("`{this}` has a {other} `{name}`, and the {kind} can't have its name"),
            }
        } else if HANDLE.contains(&name.as_str()) || OWN.contains(&name.as_str()) {
            format!("`{name}` is an operation of every object, which would hide the {kind}")
        } else if let Some(other) = name.strip_prefix("set_").filter(|other| is_it(other)) {
            format!("`{name}` is the method that sets `{other}`")
        } else if is_it(&format!("set_{name}")) {
            format!("`set_{name}` is the method that sets the {kind}, and the name of another attribute")
        } else {
            continue;
        };
        ctxt.error(ident, format!("{why}\nhelp: rename the {kind}"));
        clashes.push(at);
    }
    let stays: Vec<bool> = (0..all.len()).map(|at| !clashes.contains(&at)).collect();
    let mut stays = stays.into_iter();
    let mut next = || stays.next().unwrap_or(true);
    model.proxies.retain(|_| next());
    model.composites.retain(|_| next());
    model.synonyms.retain(|_| next());
}
