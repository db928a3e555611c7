//! The message for a key that isn't one.

use super::keys::Place::{self, Backref, Column, Mapped, Relationship};
use super::keys::{has, legal};
use super::near::nearest;

/// What is wrong with a key that isn't one: what to do instead, where it belongs, or the nearest name.
pub(super) fn message(place: Place, name: &str) -> String {
    let refused = |place| REFUSED.iter().find(|r| r.place == place && r.names.contains(&name));
    // The reverse side is a relationship too.
    let refused = refused(place).or_else(|| refused(Relationship).filter(|_| place == Backref));
    if let Some(refused) = refused {
        return format!("`{name}` in `{}`: {}", place.text(), refused.instead);
    }
    let mut message = format!("`{}` has no key `{name}`", place.text());
    let attributes = [Mapped, Column, Relationship];
    if let Some(other) = attributes.into_iter().find(|other| *other != place && has(*other, name)) {
        message.push_str(&format!("\nhelp: it belongs to `{}`", other.text()));
    } else if let Some(near) = nearest(name, legal(place)) {
        message.push_str(&format!("\nhelp: did you mean `{near}`?"));
    }
    message.push_str(&format!("\nlegal here: {}", legal(place).join(", ")));
    message
}

/// Keys of SQLAlchemy that are known and refused, with what to do instead.
struct Refused {
    place: Place,
    names: &'static [&'static str],
    instead: &'static str,
}

const LATER: &str = "not supported yet";
const DATACLASS: &str = "write it by the struct's own derives";

static REFUSED: &[Refused] = &[
    refused(Mapped, &["tablename", "name"], "write `table = \"...\"`"),
    refused(Mapped, &["inherits", "concrete"], LATER),
    refused(Mapped, &["polymorphic_on", "polymorphic_identity", "polymorphic_abstract"], LATER),
    refused(
        Mapped,
        &["version", "version_id", "version_id_col"],
        "mark the field by `#[column(version_id)]`",
    ),
    refused(
        Mapped,
        &["version_id_generator"],
        "write `#[column(version_id = path::to::function)]` on the field",
    ),
    refused(
        Mapped,
        &["always_refresh"],
        "say of a query that it overwrites what is there: `.populate_existing()`",
    ),
    refused(
        Mapped,
        &["passive_updates", "passive_deletes"],
        "say it of the relationship, whose foreign key it is about",
    ),
    refused(
        Mapped,
        &["batch"],
        "remove it: listeners are called for all objects of a step before its rows are written; `session.flush()` ends a step",
    ),
    refused(Mapped, &["primary_key"], "mark each field by `#[column(primary_key)]`"),
    refused(
        Column,
        &["nullable"],
        "write `Option<T>` for a column that may be NULL, `T` for one that may not",
    ),
    refused(Column, &["type", "type_", "ty"], "the field's type says it"),
    refused(Column, &["autoincrement"], "write `generated` or `generated = false`"),
    refused(Column, &["ondelete"], "write `on_delete = \"...\"`"),
    refused(Column, &["references"], "write `foreign_key = User::id`"),
    refused(Column, &["key"], "rename the field, and keep the column by `name = \"...\"`"),
    refused(Column, &["insert_default"], "write `default = ...`"),
    refused(Column, &["version", "version_id_col"], "write `version_id`"),
    refused(Column, &["version_id_generator"], "write `version_id = path::to::function`"),
    refused(Column, &["doc"], "write a comment above the field, `/// ...`"),
    refused(Column, &["quote"], "remove it: every name is quoted"),
    refused(
        Column,
        &["system"],
        "leave the field out, and select such a column by its name: `text::<i64>(\"rowid\")`",
    ),
    refused(Column, &["init", "repr", "compare", "kw_only", "hash", "default_factory"], DATACLASS),
    refused(Relationship, &["uselist"], "the field's type says it: `Many<T>`, `One<T>` or `Option<One<T>>`"),
    refused(
        Relationship,
        &["collection_class"],
        "the field's type says it: `Many<T>`, `ManySet<T>`, `ManyMap<K, T>`, or `ManyAs<C>` for a type of your own",
    ),
    refused(
        Relationship,
        &["distinct_target_key"],
        "remove it: `lazy = \"subquery\"` loads by lists of keys, in which none stands twice",
    ),
    refused(
        Relationship,
        &["comparator_factory"],
        "remove it: what you ask of relationships are methods of a trait of yours for `Relationship<User, Address, ToMany>`",
    ),
    refused(
        Relationship,
        &["query_class"],
        "remove it: what you ask of the collection are methods of a trait of yours for `DynamicCollection<T>`",
    ),
    refused(
        Relationship,
        &["enable_typechecks"],
        "remove it: an object of another class has no columns for it, and doesn't compile",
    ),
    refused(Relationship, &["doc"], "write a comment above the field, `/// ...`"),
    refused(
        Relationship,
        &["init", "repr", "compare", "kw_only", "hash", "default", "default_factory"],
        DATACLASS,
    ),
    refused(
        Backref,
        &["uselist"],
        "write `one` where it holds one object; else the direction says what it holds",
    ),
    refused(Backref, &["collection_class"], "write `set`, `write_only` or `dynamic`; else it is a list"),
    refused(
        Backref,
        &["back_populates", "backref", "one_way", "target", "argument"],
        "it is said by this side",
    ),
    refused(
        Backref,
        &[
            "key",
            "ignore_unpopulated_attribute",
            "ordered_by",
            "count_from",
            "numbering",
            "reorder_on_append",
            "validate",
            "validate_removes",
            "validate_backrefs",
        ],
        "declare the reverse side on the other class, and write `back_populates` on both sides",
    ),
    refused(Backref, &["secondary"], "it is the association table of this side"),
    refused(Backref, &["doc"], "its documentation is made of its name and of this side"),
    refused(Relationship, &["argument"], "write `target = \"...\"`, or the class in the field's type"),
];

const fn refused(place: Place, names: &'static [&'static str], instead: &'static str) -> Refused {
    Refused { place, names, instead }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_both_legal_and_refused() {
        for refused in REFUSED {
            for name in refused.names {
                assert!(!has(refused.place, name), "{name}");
            }
        }
    }
}
