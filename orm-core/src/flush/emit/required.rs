//! Rows that can't be without the one that they refer to: what the database said of them, with the relationship that has
//! a say in it, and the cascade that would help.

use crate::error::{Constraint, Error, Fault};
use crate::flush::plan::Verb;
use crate::flush::work::Work;
use crate::mapper::{Direction, Mapper, Relation};
use crate::sql::own_name;

fn constraint(error: &Error) -> Option<Constraint> {
    match error.driver()?.fault() {
        Fault::Constraint(constraint) => Some(constraint),
        _ => None,
    }
}

/// What the database said to a row whose required foreign key was emptied.
pub(super) fn of_children(work: &Work, mapper: &'static Mapper, error: Error) -> Error {
    if constraint(&error) != Some(Constraint::NotNull) {
        return error;
    }
    let said = error.driver().map(|driver| (driver.table(), driver.columns()));
    let Some((Some(table), [column])) = said else { return error };
    if *table != *own_name(mapper.table().name) {
        return error;
    }
    let Some(id) = mapper.column_named(column).map(|column| column.id()) else { return error };
    let is_it = |relation: &&'static Relation| {
        relation.direction() == Direction::OneToMany
            && relation.target().id() == mapper.id()
            && relation.pairs().iter().any(|pair| pair.remote == id)
    };
    let Some(relation) = work.relations().iter().map(|of| of.relation).find(is_it) else { return error };
    let parents = work.place_of(relation.mapper()).and_then(|place| work.class(place));
    let mut parents = parents.into_iter().flat_map(|class| &class.items);
    let is_deleted = parents.any(|parent| work.item(*parent).verb() == Some(Verb::Delete));
    let (parent, name, child) = (relation.class(), relation.name(), relation.target().class());
    let what = if is_deleted {
        format!("a `{parent}` was deleted, and a `{child}` of its `{name}` can't be without one")
    } else {
        format!("`{parent}.{name}` let go of a `{child}` that can't be without a `{parent}`")
    };
    error.help(format!(
        "{what}: give `{parent}.{name}` the cascade `\"all, delete-orphan\"`, so that the `{child}` is deleted too"
    ))
}

/// What the database said to the deletion of a row that others refer to.
pub(super) fn of_referrers(mapper: &'static Mapper, error: Error) -> Error {
    if constraint(&error) != Some(Constraint::ForeignKey) {
        return error;
    }
    let referrers = mapper.referrers().into_iter().flat_map(|referrers| referrers.relations());
    let unknown = referrers.filter(|relation| {
        relation.direction() == Direction::ManyToOne && relation.written_inverse().is_none()
    });
    let names: Vec<String> =
        unknown.map(|relation| format!("`{}.{}`", relation.class(), relation.name())).collect();
    if names.is_empty() {
        return error;
    }
    error.help(format!(
        "rows may refer to it by {}: delete them first, or give `{}` the reverse side with the cascade `\"all, \
         delete-orphan\"`, so that they are deleted too",
        names.join(", "),
        mapper.class()
    ))
}
