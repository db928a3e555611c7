//! Reverse sides: pairs relationships by `back_populates` and checks that the two fit.

use super::configure::Scope;
use super::relation::{Direction, Relation, RelationId};
use super::resolve;
use crate::error::{Code, Error};

/// Pairs every relationship that names a reverse side.
pub(super) fn pair(scope: &Scope<'_>, relations: &mut [Option<Relation>], errors: &mut Vec<Error>) {
    let mut found: Vec<(usize, RelationId)> = Vec::new();
    for (at, relation) in relations.iter().enumerate() {
        let Some(relation) = relation else { continue };
        let Some(name) = relation.decl.back_populates else { continue };
        match reverse(scope, relations, relation, name) {
            Ok(Some(id)) => found.push((at, id)),
            Ok(None) => {} // the other side has a mistake of its own
            Err(error) => errors.push(error.about(relation.class, Some(relation.name))),
        }
    }
    for (at, id) in found {
        if let Some(relation) = &mut relations[at] {
            relation.inverse = Some(id);
        }
    }
}

fn reverse(
    scope: &Scope<'_>,
    relations: &[Option<Relation>],
    relation: &Relation,
    name: &str,
) -> Result<Option<RelationId>, Error> {
    let target = scope.decl(relation.target);
    let Some(index) = target.relations.iter().position(|other| other.name == name) else {
        let column = target.table.columns.iter().any(|column| column.attribute == name);
        let what = if column { "is a column" } else { "isn't there" };
        let error = Error::new(
            Code::ReverseSide,
            format!("`back_populates` names `{}.{name}`, which {what}", target.class),
        );
        let near = resolve::nearest(name, target.relations.iter().map(|other| other.name));
        return Err(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if column => error.help(format!("name a relationship of `{}`", target.class)),
            None => error.help(format!("add a relationship `{name}` to `{}`", target.class)),
        });
    };
    let id = RelationId { mapper: relation.target, index: u16::try_from(index).unwrap_or(u16::MAX) };
    let Some(other) = relations.iter().flatten().find(|other| other.id == id) else { return Ok(None) };
    if other.target != relation.id.mapper {
        return Err(Error::new(
            Code::ReverseSide,
            format!("`{}.{name}` leads to `{}`", target.class, scope.decl(other.target).class),
        )
        .help(format!("the reverse side of `{}.{}` leads back to it", relation.class, relation.name)));
    }
    if other.direction == relation.direction && relation.direction != Direction::ManyToMany {
        return Err(Error::new(
            Code::ReverseSide,
            format!("`{}.{name}` and this are both {}", target.class, words(relation.direction)),
        )
        .help("on the side of the parent name the referenced column by `remote_side`"));
    }
    if other.decl.back_populates != Some(relation.name) {
        return Err(Error::new(
            Code::ReverseSide,
            format!("`{}.{name}` doesn't lead back to this", target.class),
        )
        .help(format!("give it `back_populates = \"{}\"`", relation.name)));
    }
    if relation.decl.secondary_name() != other.decl.secondary_name() {
        return Err(Error::new(
            Code::ReverseSide,
            format!("`{}.{name}` goes through another table", target.class),
        )
        .help("name the same `secondary` on both sides"));
    }
    Ok(Some(id))
}

fn words(direction: Direction) -> &'static str {
    match direction {
        Direction::OneToMany => "one-to-many",
        Direction::ManyToOne => "many-to-one",
        Direction::ManyToMany => "many-to-many",
    }
}
