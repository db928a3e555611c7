//! The names of proxies: they are items of the class, as those of fields are.

use super::names::HANDLE;
use crate::ctxt::Ctxt;
use crate::model::{Model, plain};

/// Operations that are made beside the accessors, and give way to fields only.
const OWN: &[&str] = &["builder", "with", "to_value"];

pub(super) fn names(ctxt: &Ctxt, model: &mut Model) {
    let this = plain(&model.ident);
    let mut clashes = Vec::new();
    for (at, proxy) in model.proxies.iter().enumerate() {
        let name = plain(&proxy.ident);
        let is_it = |other: &str| {
            model.has_field(other) || model.proxies.iter().any(|one| plain(&one.ident) == other)
        };
        let why = if model.has_field(&name) {
            format!("`{this}` has a field `{name}`, and the proxy can't have its name")
        } else if model.proxies.iter().take(at).any(|other| plain(&other.ident) == name) {
            format!("`{this}` has two proxies of the name `{name}`")
        } else if HANDLE.contains(&name.as_str()) || OWN.contains(&name.as_str()) {
            format!("`{name}` is an operation of every object, which would hide the proxy")
        } else if let Some(other) = name.strip_prefix("set_").filter(|other| is_it(other)) {
            format!("`{name}` is the method that sets `{other}`")
        } else if is_it(&format!("set_{name}")) {
            format!("`set_{name}` is the method that sets the proxy, and the name of another attribute")
        } else {
            continue;
        };
        ctxt.error(&proxy.ident, format!("{why}\nhelp: rename the proxy"));
        clashes.push(at);
    }
    let mut at = 0;
    model.proxies.retain(|_| {
        at += 1;
        !clashes.contains(&(at - 1))
    });
}
