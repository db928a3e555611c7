//! Reverse sides: pairs relationships by `back_populates` and checks that the two fit.

use super::draft::RelationDraft;
use super::join::error;
use super::scope::Scope;
use super::sides::join_alike;
use super::{Direction, resolve};
use crate::declare::At;
use crate::declare::check::{Problem, reverse_problem};
use crate::declare::join::join;
use crate::error::{Code, Error};

/// Pairs every relationship that names a reverse side.
pub(super) fn pair(scope: &Scope<'_>, relations: &mut [Option<RelationDraft>], errors: &mut Vec<Error>) {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, relation) in relations.iter().enumerate() {
        let Some(relation) = relation else { continue };
        let Some(name) = relation.decl.back_populates else { continue };
        match reverse(scope, relations, relation, name) {
            Ok(Some(index)) => found.push((at, index)),
            Ok(None) => {} // the other side has a mistake of its own
            Err(error) => errors.push(relation.error(error)),
        }
    }
    let mut ways = Vec::new();
    let is_read = |relation: &RelationDraft| relation.decl.viewonly;
    for (at, index) in found {
        let Some(target) = relations[at].as_ref().map(|relation| relation.target) else { continue };
        let is_it = |other: &&RelationDraft| other.class == target && other.index == index;
        let other_is_read = relations.iter().flatten().find(is_it).is_some_and(is_read);
        if let Some(relation) = &mut relations[at] {
            relation.inverse = Some(index);
            // What is only read isn't changed by the other side, nor the other way round.
            relation.is_synced = match relation.decl.sync_backref {
                Some(sync) => sync && !other_is_read,
                None => !is_read(relation) && !other_is_read,
            };
            if relation.decl.sync_backref == Some(true) && other_is_read {
                let message = "`sync_backref`, but its reverse side is only read (`viewonly`)";
                let error = Error::new(Code::BadOption, message).help("remove `sync_backref`");
                errors.push(relation.error(error));
            }
            if relation.decl.one_way {
                ways.push((target, index, relation.class, relation.index));
            }
        }
    }
    // The other side of a one-way pair is its reverse side too, for a flush, though no change of it is made here.
    for (class, index, back_class, back) in ways {
        let is_it = |other: &&mut RelationDraft| other.class == class && other.index == index;
        if let Some(other) = relations.iter_mut().flatten().find(is_it)
            && other.inverse.is_none()
            && other.target == back_class
        {
            other.inverse = Some(back);
            other.is_synced = false;
        }
    }
}

fn reverse(
    scope: &Scope<'_>,
    relations: &[Option<RelationDraft>],
    relation: &RelationDraft,
    name: &str,
) -> Result<Option<usize>, Error> {
    let target = scope.decl(relation.target);
    let others = &scope.relations[relation.target];
    let found = others.iter().position(|other| other.name == name);
    // What is made by `backref` and isn't there was refused, which is told.
    if relation.decl.backref.is_some() && !found.and_then(|at| others.get(at)).is_some_and(|it| it.is_backref)
    {
        return Ok(None);
    }
    let Some(index) = found else {
        let column = target.table.columns.iter().any(|column| column.attribute == name);
        let what = if column { "is a column" } else { "isn't there" };
        let error = Error::new(
            Code::ReverseSide,
            format!("`back_populates` names `{}.{name}`, which {what}", target.class),
        );
        let near = resolve::nearest(name, others.iter().map(|other| other.name));
        return Err(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if column => error.help(format!("name a relationship of `{}`", target.class)),
            None => error.help(format!("add a relationship `{name}` to `{}`", target.class)),
        });
    };
    let is_it = |other: &&RelationDraft| other.class == relation.target && other.index == index;
    let Some(other) = relations.iter().flatten().find(is_it) else { return Ok(None) };
    if other.target != relation.class {
        return Err(Error::new(
            Code::ReverseSide,
            format!("`{}.{name}` leads to `{}`", target.class, scope.decl(other.target).class),
        )
        .help(format!(
            "the reverse side of `{}.{}` leads back to it",
            relation.model.class,
            relation.name()
        )));
    }
    let model = target;
    let join = join(relation.model, model, relation.decl);
    if let Some(text) = reverse_problem(relation.model, model, relation.decl, join, name, Some(other.decl)) {
        return Err(error(&Problem { code: Code::ReverseSide, text, at: At::BackPopulates }));
    }
    // What conditions and names say the declarations don't show.
    if other.direction == relation.direction && relation.direction != Direction::ManyToMany {
        let way = match relation.direction {
            Direction::OneToMany => "from one to many",
            Direction::ManyToOne => "from many to one",
            Direction::ManyToMany => "from many to many",
        };
        return Err(Error::new(
            Code::ReverseSide,
            format!("its reverse side `{}.{name}` goes the same way, {way}", target.class),
        )
        .help("on the side of the parent name the referenced column by `remote_side`"));
    }
    let table = |draft: &RelationDraft| draft.secondary().map(|table| table.name);
    if table(relation) != table(other) {
        return Err(Error::new(
            Code::ReverseSide,
            format!("its reverse side `{}.{name}` goes by another table", target.class),
        )
        .help("give both sides the same `secondary`"));
    }
    if !relation.decl.viewonly && !other.decl.viewonly && !join_alike(relation, other) {
        return Err(Error::new(
            Code::ReverseSide,
            format!("its reverse side `{}.{name}` is joined by other columns", target.class),
        )
        .help("say what joins them on one side only, and the other takes it from there"));
    }
    Ok(Some(index))
}
