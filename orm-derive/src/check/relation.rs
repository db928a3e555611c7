//! Options of a relationship that exclude each other.

use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use crate::attr::{CascadeWord, Combined, Given, OnOr, PassiveDeletes, Setting, Words, joined};
use crate::ctxt::Ctxt;
use crate::model::{Model, RelationField, Said, Shape};

pub(super) fn check(ctxt: &Ctxt, model: &Model, relation: &RelationField) {
    written(ctxt, relation);
    queries(ctxt, relation);
    reverse(ctxt, relation);
    omit_join(ctxt, relation);
    loading(ctxt, model, relation);
    target(ctxt, model, relation);
    joins(ctxt, model, relation);
    ordered_by(ctxt, model, relation);
    key(ctxt, model, relation);
    validators(ctxt, model, relation);
    if let Some(name) = &relation.back_populates
        && !is_field_name(name)
    {
        ctxt.error(name, "`back_populates` takes the name of a field of the other class");
    }
}

/// What is wrong with what it says of writing, whatever it leads to.
pub(super) fn written(ctxt: &Ctxt, relation: &RelationField) {
    cascade(ctxt, relation);
    passive_deletes(ctxt, relation);
    viewonly(ctxt, relation);
}

fn cascade(ctxt: &Ctxt, relation: &RelationField) {
    let Some(cascade) = &relation.cascade else { return };
    let has = |word| cascade.value.contains(&word);
    if has(CascadeWord::None) && cascade.value.len() > 1 {
        ctxt.error_at(cascade.key, format!("\"{}\" stands alone in `cascade`", CascadeWord::None.text()));
    }
    if has(CascadeWord::DeleteOrphan) && !has(CascadeWord::Delete) && !has(CascadeWord::All) {
        let (orphan, delete) = (CascadeWord::DeleteOrphan.text(), CascadeWord::Delete.text());
        let example = joined(CascadeWord::EXAMPLE);
        ctxt.error_at(
            cascade.key,
            format!(
                "`{}`: \"{orphan}\" without \"{delete}\" would keep the children of a deleted parent\nhelp: write \
                 `cascade = \"{example}\"`",
                relation.ident
            ),
        );
    }
}

/// What is said of the reverse side needs one.
pub(super) fn reverse(ctxt: &Ctxt, relation: &RelationField) {
    let field = &relation.ident;
    let sync = relation.sync_backref.as_ref();
    for (key, name) in [(relation.one_way, "one_way"), (sync.map(|given| given.key), "sync_backref")] {
        if let Some(key) = key
            && relation.back_populates.is_none()
            && relation.backref.is_none()
        {
            let text = format!(
                "`{name}` is about a reverse side, and `{field}` has none\nhelp: add `back_populates`"
            );
            ctxt.error_at(key, text);
        }
    }
    if let Some(given) = sync.filter(|given| given.value && relation.viewonly) {
        let text = format!(
            "no change of `{field}`, which is only read, reaches its reverse side\nhelp: remove `sync_backref`"
        );
        ctxt.error_at(given.key, text);
    }
}

/// Whether a join can be left out is known; it can only be forbidden.
pub(super) fn omit_join(ctxt: &Ctxt, relation: &RelationField) {
    if let Some(given) = relation.omit_join.as_ref().filter(|given| given.value) {
        ctxt.error_at(
            given.key,
            "a join is left out wherever the condition allows it\nhelp: remove `omit_join`; `omit_join = false` keeps the join",
        );
    }
}

/// What is only read neither saves nor deletes what it leads to.
fn viewonly(ctxt: &Ctxt, relation: &RelationField) {
    if !relation.viewonly {
        return;
    }
    let writes = [CascadeWord::SaveUpdate, CascadeWord::Delete, CascadeWord::DeleteOrphan, CascadeWord::All];
    let word = |cascade: &Given<Vec<CascadeWord>>| {
        let word = cascade.value.iter().find(|word| writes.contains(word))?;
        Some((cascade.key, word.text()))
    };
    let read = "which is only read (`viewonly`)";
    if let Some((key, word)) = relation.cascade.as_ref().and_then(word) {
        ctxt.error_at(
            key,
            format!(
                "the cascade \"{word}\" would write `{}`, {read}\nhelp: leave it out; \"merge\", \"refresh-expire\" \
                 and \"expunge\" may stand",
                relation.ident
            ),
        );
    }
    if let Some(key) = relation.active_history {
        let field = &relation.ident;
        ctxt.error_at(
            key,
            format!(
                "`active_history` is for what a flush writes, not for `{field}`, {read}\nhelp: remove it"
            ),
        );
    }
    if let Some(key) = relation.post_update {
        let field = &relation.ident;
        ctxt.error_at(
            key,
            format!("`post_update` is for what a flush writes, not for `{field}`, {read}\nhelp: remove it"),
        );
    }
    if let Some(passive) = &relation.passive_deletes {
        ctxt.error_at(
            passive.key,
            format!(
                "`passive_deletes` is for what a flush deletes, not for `{}`, {read}\nhelp: remove it",
                relation.ident
            ),
        );
    }
    if let Some(key) = relation.active_updates {
        let field = &relation.ident;
        ctxt.error_at(
            key,
            format!(
                "`passive_updates` is for what a flush writes, not for `{field}`, {read}\nhelp: remove it"
            ),
        );
    }
}

/// What comes from a query is read, and of which class has to be known.
fn queries(ctxt: &Ctxt, relation: &RelationField) {
    let field = &relation.ident;
    if let Some(given) = relation.secondary.as_ref().filter(|given| given.value.is_query())
        && !relation.viewonly
    {
        let text = format!(
            "the links of `{field}` come from a query or an alias, which can't be written\nhelp: add `viewonly`"
        );
        ctxt.error_at(given.key, text);
    }
    if let Some(rows) = relation.rows.as_ref().filter(|_| relation.is_named()) {
        let text = format!(
            "`rows` gives objects of a class that the type of `{field}` names\nhelp: name the class in the type"
        );
        ctxt.error_at(rows.key, text);
    }
}

/// What the database does alone, the session can't do too.
fn passive_deletes(ctxt: &Ctxt, relation: &RelationField) {
    let (Some(passive), Some(cascade)) = (&relation.passive_deletes, &relation.cascade) else { return };
    let deletes = [CascadeWord::Delete, CascadeWord::DeleteOrphan, CascadeWord::All];
    if passive.value == OnOr::Word(PassiveDeletes::All)
        && let Some(word) = cascade.value.iter().find(|word| deletes.contains(word))
    {
        ctxt.error_at(
            passive.key,
            format!(
                "`{}`: `passive_deletes = \"{}\"` leaves the related rows to the database, and the cascade \"{}\" deletes \
                 them\nhelp: write `passive_deletes`, or take the cascade off",
                relation.ident,
                PassiveDeletes::All.text(),
                word.text()
            ),
        );
    }
}

/// What is never loaded isn't loaded in any way.
fn loading(ctxt: &Ctxt, model: &Model, relation: &RelationField) {
    let name = match relation.shape {
        Shape::WriteOnly(_) => "WriteOnly",
        Shape::Dynamic(_) => "Dynamic",
        _ => return,
    };
    if let Some(at) = relation.loading.or(relation.load_on_pending) {
        let (class, field) = (&model.ident, &relation.ident);
        ctxt.error_at(
            at,
            format!("`{class}.{field}` is `{name}`, which is never loaded\nhelp: remove what says how it is loaded"),
        );
    }
}

fn target(ctxt: &Ctxt, model: &Model, relation: &RelationField) {
    let any = relation.target.as_ref().and_then(|target| target.clone().into_iter().last());
    let any = any.is_some_and(|last| last.to_string() == "AnyClass");
    match &relation.named_target {
        Some(name) => {
            let value = name.value();
            let mut parts = value.split("::").flat_map(|part| part.split('.'));
            if parts.any(|part| syn::parse_str::<Ident>(part.trim()).is_err()) {
                ctxt.error(name, "`target` takes a class by name or module path, `target = \"blog::Post\"`");
            }
            if !any && relation.target.is_some() {
                ctxt.error_at(
                    relation.span.0,
                    format!(
                        "`{}.{}` names its class twice, in the type and by `target`\nhelp: remove `target`, or write \
                         `AnyClass` in the type",
                        model.ident, relation.ident
                    ),
                );
            }
        }
        None if any => ctxt.error_at(
            relation.span.0,
            format!(
                "`{}.{}` doesn't say its class\nhelp: add `target = \"Post\"`, or write the class in the type",
                model.ident, relation.ident
            ),
        ),
        None => {}
    }
}

fn joins(ctxt: &Ctxt, model: &Model, relation: &RelationField) {
    let name = format!("{}.{}", model.ident, relation.ident);
    if let (Some(join), None) = (&relation.secondaryjoin, &relation.secondary) {
        ctxt.error_at(
            join.key,
            format!("`{name}` has a `secondaryjoin` but no association table\nhelp: add `secondary = Link`"),
        );
    }
    if let (Some(order), Shape::One(_)) = (&relation.order_by, &relation.shape) {
        ctxt.error_at(
            order.key,
            format!("`{name}` holds one object, which has no order\nhelp: remove `order_by`"),
        );
    }
    if let Some(order) = &relation.order_by
        && matches!(&order.value, Said::Typed(terms) if terms.is_empty())
    {
        ctxt.error_at(order.key, "`order_by` is empty");
    }
}

/// A list that keeps the places of its items in a column of theirs.
fn ordered_by(ctxt: &Ctxt, model: &Model, relation: &RelationField) {
    let name = format!("{}.{}", model.ident, relation.ident);
    if let Some((key, at)) = relation.unordered {
        ctxt.error_at(
            at,
            format!(
                "`{key}` says how places are kept in a column, and `{name}` keeps none\nhelp: add `ordered_by = ...`"
            ),
        );
    }
    let Some(ordered) = &relation.ordered_by else { return };
    let kind = match relation.shape {
        Shape::ManySet(_) => Some("ManySet"),
        Shape::ManyMap(..) => Some("ManyMap"),
        Shape::WriteOnly(_) => Some("WriteOnly"),
        Shape::Dynamic(_) => Some("Dynamic"),
        Shape::One(_) | Shape::OptionalOne(_) => Some("One"),
        Shape::Many(_) | Shape::Scalar | Shape::Other => None,
    };
    if let Some(kind) = kind {
        ctxt.error_at(
            ordered.key,
            format!("`{name}` is `{kind}`, which keeps no places of its items\nhelp: remove `ordered_by`, or write `Many<T>`"),
        );
    }
    if relation.is_named() {
        ctxt.error_at(
            ordered.key,
            format!("`ordered_by` is a column of a class that the type of `{name}` names\nhelp: name the class in the type"),
        );
    }
    if relation.viewonly {
        ctxt.error_at(
            ordered.key,
            format!(
                "`ordered_by` writes the places of `{name}`, which is only read (`viewonly`)\nhelp: write `order_by`"
            ),
        );
    }
    if let (Some(_), Some(from)) = (&ordered.value.numbering, &ordered.value.count_from) {
        ctxt.error_at(
            from.key,
            "`numbering` says the number of each place\nhelp: remove `count_from`, or `numbering`",
        );
    }
}

/// What is asked before it changes.
fn validators(ctxt: &Ctxt, model: &Model, relation: &RelationField) {
    if let (Some(given), None, None) =
        (&relation.validate_backrefs, &relation.validate, &relation.validate_removes)
    {
        ctxt.error_at(
            given.key,
            format!(
                "`validate_backrefs` is about validators, and `{}.{}` has none\nhelp: add `validate = ...`",
                model.ident, relation.ident
            ),
        );
    }
}

/// A keyed collection, and what its items are keyed by.
fn key(ctxt: &Ctxt, model: &Model, relation: &RelationField) {
    let name = format!("{}.{}", model.ident, relation.ident);
    if let (Some(ignore), Setting::Absent) = (&relation.ignore_unpopulated, &relation.key) {
        ctxt.error_at(
            ignore.key,
            format!("`ignore_unpopulated_attribute` is about the key of a collection, and `{name}` has none\nhelp: add `key = ...`"),
        );
    }
    let is_map = matches!(relation.shape, Shape::ManyMap(..));
    match &relation.key {
        Setting::Absent if is_map => ctxt.error_at(
            relation.span.0,
            format!("`{name}` doesn't say by what it is keyed\nhelp: add `#[relationship(key = ...)]`"),
        ),
        Setting::Given(key) if relation.is_named() => ctxt.error_at(
            key.key,
            format!(
                "`key` is about a class that the type of `{name}` names\nhelp: name the class in the type"
            ),
        ),
        Setting::Given(key) if !is_map && !matches!(relation.shape, Shape::Other) => ctxt.error_at(
            key.key,
            format!(
                "`{name}` is no `ManyMap`, so it has no keys\nhelp: remove `key`, or write `ManyMap<K, T>`"
            ),
        ),
        _ => {}
    }
}

/// Whether a literal may be the name of a field, which may be a raw identifier.
fn is_field_name(name: &LitStr) -> bool {
    let any = name.parse_with(Ident::parse_any).map(|any| any.to_string());
    any.is_ok_and(|any| {
        name.parse::<Ident>().is_ok() || !matches!(any.as_str(), "self" | "Self" | "super" | "crate" | "_")
    })
}
