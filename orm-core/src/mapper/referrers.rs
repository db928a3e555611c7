//! `Referrers`: what refers to the rows of a class, and by which of its columns.

use super::{Direction, Mapper, Relation};
use crate::declare::{ColumnId, ReferentialAction};

/// What refers to the rows of a class.
#[derive(Debug, Default)]
pub(crate) struct Referrers {
    /// The relationships between the class and others whose rows hold its key, from either side.
    relations: Vec<&'static Relation>,
    /// The columns of the class that are referred to.
    columns: Vec<ColumnId>,
    /// The relationships from the side with the foreign key by which a flush looks for the objects that refer to one
    /// whose key it changes: the other side doesn't know them.
    searched: Vec<&'static Relation>,
}

impl Referrers {
    /// Of a class among all those of a registry.
    pub(super) fn of(mapper: &'static Mapper, all: &[&'static Mapper]) -> Self {
        let others = all.iter().flat_map(|other| other.relations()).filter(|relation| {
            relation.direction() == Direction::ManyToOne && relation.target().id() == mapper.id()
        });
        let own = mapper.relations().iter().filter(|relation| relation.direction() == Direction::OneToMany);
        let relations: Vec<&'static Relation> = others.chain(own).collect();
        let mut columns: Vec<ColumnId> =
            relations.iter().flat_map(|one| key(one)).map(|(key, _)| key).collect();
        columns.sort_unstable();
        columns.dedup();
        let searched = relations.iter().copied().filter(|relation| is_searched(relation)).collect();
        Referrers { relations, columns, searched }
    }

    /// The relationships.
    pub(crate) fn relations(&self) -> &[&'static Relation] {
        &self.relations
    }

    /// The relationships that lead to the class, by whose objects a flush looks for those that refer to a changed key.
    #[inline]
    pub(crate) fn searched(&self) -> &[&'static Relation] {
        &self.searched
    }

    /// Whether one of these columns is referred to.
    #[inline]
    pub(crate) fn concern(&self, changed: &[ColumnId]) -> bool {
        changed.iter().any(|column| self.columns.contains(column))
    }
}

fn is_searched(relation: &Relation) -> bool {
    relation.direction() == Direction::ManyToOne
        && !relation.is_viewonly()
        && !relation.passive_updates()
        && relation.written_inverse().is_none_or(Relation::passive_updates)
}

/// The columns of the class that is referred to, each with that of the other class which holds its value.
pub(crate) fn key(relation: &'static Relation) -> impl Iterator<Item = (ColumnId, ColumnId)> {
    let is_to_one = relation.direction() == Direction::ManyToOne;
    let pairs = relation.pairs().iter();
    pairs.map(move |pair| if is_to_one { (pair.remote, pair.local) } else { (pair.local, pair.remote) })
}

/// The class whose rows refer, and the one that is referred to.
pub(crate) fn ends(relation: &'static Relation) -> (&'static Mapper, &'static Mapper) {
    match relation.direction() {
        Direction::ManyToOne => (relation.mapper(), relation.target()),
        _ => (relation.target(), relation.mapper()),
    }
}

/// Whether the database changes the rows of an association table when the key of the far side changes.
pub(crate) fn far_key_cascades(relation: &'static Relation) -> bool {
    let Some(table) = relation.secondary() else { return false };
    table.foreign_keys.iter().any(|declared| {
        declared.on_update == Some(ReferentialAction::Cascade)
            && declared.table == relation.target().table().name
            && relation.far_pairs().iter().all(|pair| {
                let to = relation.target().column(pair.column).name();
                let mut pairs = declared.columns.iter().zip(declared.references);
                pairs.any(|named| named == (&table.columns[pair.link].name, &to))
            })
    })
}

/// Whether the database changes the rows that refer when the key changes, as their foreign key declares.
pub(crate) fn cascades(relation: &'static Relation) -> bool {
    let (child, parent) = ends(relation);
    child.table().foreign_keys.iter().any(|declared| {
        let has = |(to, from): (ColumnId, ColumnId)| {
            let (to, from) = (parent.column(to).name(), child.column(from).name());
            declared.columns.iter().zip(declared.references).any(|pair| pair == (&from, &to))
        };
        declared.on_update == Some(ReferentialAction::Cascade)
            && declared.table == parent.table().name
            && key(relation).all(has)
    })
}

/// The columns of a class beside its key whose values a flush carries into foreign keys and links.
pub(super) fn carried(mapper: &Mapper, all: &[&'static Mapper]) -> Vec<ColumnId> {
    let is_this = |other: &Mapper| other.id() == mapper.id();
    let mut carried = Vec::new();
    for relation in all.iter().flat_map(|other| other.relations()).filter(|one| !one.is_viewonly()) {
        if relation.direction() == Direction::ManyToMany {
            let near = relation.near_pairs().iter().filter(|_| is_this(relation.mapper()));
            let far = relation.far_pairs().iter().filter(|_| is_this(relation.target()));
            carried.extend(near.chain(far).map(|pair| pair.column));
        } else if is_this(ends(relation).1) {
            carried.extend(key(relation).map(|(key, _)| key));
        }
    }
    carried.retain(|id| !mapper.column(*id).is_primary_key());
    carried.sort_unstable();
    carried.dedup();
    carried
}
