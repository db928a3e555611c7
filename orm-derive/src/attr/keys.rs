//! The one table of attribute keys: where each is legal, the shape of its value, what it means. The parser,
//! the error texts and the documentation are made from it.

/// An attribute, or a list inside one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Mapped,
    Column,
    Relationship,
    ForeignKey,
    Unique,
    Index,
    Check,
}

impl Place {
    /// As it is written.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Place::Mapped => "#[mapped]",
            Place::Column => "#[column]",
            Place::Relationship => "#[relationship]",
            Place::ForeignKey => "foreign_key(...)",
            Place::Unique => "unique(...)",
            Place::Index => "index(...)",
            Place::Check => "check(...)",
        }
    }
}

/// What stands behind a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// Nothing, or `= true`, `= false`.
    Flag,
    /// `= "text"`.
    Text,
    /// `= "word"`, one of these.
    Word(&'static [&'static str]),
    /// `= "word, word"`, of these.
    Words(&'static [&'static str]),
    /// `= a::Path`.
    Path,
    /// `= User::id`, or `= "user_account.id"`.
    Reference,
    /// `= Link`, or `= "link"`.
    Table,
    /// `= User::id`, or `= (User::id, User::org)`.
    References,
    /// `= Address::id`, or `= (Address::id, Address::city.desc())`.
    Terms,
    /// `= ` any expression.
    Expr,
    /// `(field, field)`.
    Fields,
    /// `(User::id, User::org)`, or `("user_account.id", ...)`.
    List,
    /// `(key = value, ...)`, with the keys of that list.
    Nested(Place),
}

impl Shape {
    /// An example of the value, for messages and documentation.
    pub(crate) fn example(self, key: &str) -> String {
        match self {
            Shape::Flag => key.to_owned(),
            Shape::Text => format!("{key} = \"...\""),
            Shape::Word(words) | Shape::Words(words) => {
                format!("{key} = \"{}\"", words.first().copied().unwrap_or_default())
            }
            Shape::Path => format!("{key} = path::to::It"),
            Shape::Reference => format!("{key} = User::id"),
            Shape::Table => format!("{key} = Link"),
            Shape::References => format!("{key} = Address::user_id"),
            Shape::Terms => format!("{key} = Address::id"),
            Shape::Expr => format!("{key} = <expression>"),
            Shape::Fields => format!("{key}(field, ...)"),
            Shape::List => format!("{key}(Other::column, ...)"),
            Shape::Nested(_) => format!("{key}(...)"),
        }
    }
}

/// A key.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) shape: Shape,
    /// Whether it may stand several times.
    pub(crate) repeats: bool,
    #[cfg_attr(not(test), allow(dead_code, reason = "the documentation is compared with it by a test"))]
    pub(crate) doc: &'static str,
}

const fn key(place: Place, name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, place, shape, repeats: false, doc }
}

const fn several(place: Place, name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key { name, place, shape, repeats: true, doc }
}

pub(crate) const ACTIONS: &[&str] = &["cascade", "set null", "set default", "restrict", "no action"];
pub(crate) const DEFERRABLE: &[&str] = &["initially deferred", "initially immediate"];
pub(crate) const LAZY: &[&str] = &["select", "raise", "raise_on_sql"];
pub(crate) const CASCADES: &[&str] =
    &["save-update", "merge", "refresh-expire", "expunge", "delete", "delete-orphan", "all", "none"];

/// Strategies that SQLAlchemy has and this library doesn't yet.
pub(crate) const LAZY_LATER: &[&str] =
    &["joined", "selectin", "subquery", "immediate", "dynamic", "write_only", "noload"];

use Place::{Check, Column, ForeignKey, Index, Mapped, Relationship, Unique};

pub(crate) static KEYS: &[Key] = &[
    key(Mapped, "table", Shape::Text, "The table's name; the struct's name in snake case by default."),
    key(Mapped, "registry", Shape::Path, "The registry that the class belongs to."),
    key(Mapped, "crate", Shape::Path, "Where the crate `orm` is, if not at `::orm`."),
    several(Mapped, "foreign_key", Shape::Nested(ForeignKey), "A foreign key of several columns."),
    several(Mapped, "unique", Shape::Nested(Unique), "A unique constraint over several columns."),
    several(Mapped, "index", Shape::Nested(Index), "An index over several columns."),
    several(Mapped, "check", Shape::Nested(Check), "A check constraint of the table."),
    key(ForeignKey, "columns", Shape::Fields, "The fields that make up the key."),
    key(ForeignKey, "references", Shape::List, "The columns that they reference, in the same order."),
    key(ForeignKey, "on_delete", Shape::Word(ACTIONS), "What the database does when the row is deleted."),
    key(ForeignKey, "on_update", Shape::Word(ACTIONS), "What the database does when its key changes."),
    key(ForeignKey, "deferrable", Shape::Word(DEFERRABLE), "When the database checks it."),
    key(ForeignKey, "name", Shape::Text, "The constraint's name."),
    key(Unique, "columns", Shape::Fields, "The fields that are unique together."),
    key(Unique, "name", Shape::Text, "The constraint's name."),
    key(Index, "columns", Shape::Fields, "The fields to index, in this order."),
    key(Index, "name", Shape::Text, "The index's name."),
    key(Index, "unique", Shape::Flag, "Whether equal rows are refused."),
    key(Check, "sql", Shape::Text, "The condition, as SQL."),
    key(Check, "name", Shape::Text, "The constraint's name."),
    key(Column, "name", Shape::Text, "The name in the database; the field's name by default."),
    key(Column, "primary_key", Shape::Flag, "The column is the primary key, or part of it."),
    key(Column, "generated", Shape::Flag, "Whether the database makes the key when it isn't set."),
    key(Column, "foreign_key", Shape::Reference, "The column that it references."),
    key(Column, "on_delete", Shape::Word(ACTIONS), "What the database does when that row is deleted."),
    key(Column, "on_update", Shape::Word(ACTIONS), "What the database does when its key changes."),
    key(Column, "deferrable", Shape::Word(DEFERRABLE), "When the database checks the foreign key."),
    key(Column, "unique", Shape::Flag, "No two rows have the same value."),
    key(Column, "index", Shape::Flag, "The column is indexed; with `unique`, by a unique index."),
    key(Column, "check", Shape::Text, "A condition on the column, as SQL."),
    key(Column, "default", Shape::Expr, "What an object gets when it is inserted without a value."),
    key(Column, "server_default", Shape::Text, "The default in the database, as SQL."),
    key(Relationship, "back_populates", Shape::Text, "The relationship of the other class that leads back."),
    key(Relationship, "secondary", Shape::Table, "The table between the classes, for many-to-many."),
    key(Relationship, "lazy", Shape::Word(LAZY), "When it is loaded."),
    key(Relationship, "cascade", Shape::Words(CASCADES), "The operations that reach the related objects."),
    key(Relationship, "order_by", Shape::Terms, "The order of the collection."),
    key(
        Relationship,
        "foreign_keys",
        Shape::References,
        "Which foreign key to take, where there are several.",
    ),
    key(Relationship, "remote_side", Shape::References, "The far columns, for a class related to itself."),
    key(
        Relationship,
        "primaryjoin",
        Shape::Expr,
        "The condition from this class to the other, or to the table between.",
    ),
    key(
        Relationship,
        "secondaryjoin",
        Shape::Expr,
        "The condition from the table between to the other class.",
    ),
    key(Relationship, "single_parent", Shape::Flag, "An object has at most one parent by this relationship."),
    key(Relationship, "target", Shape::Text, "The other class by name, for a field of `AnyClass`."),
];

/// Words of SQLAlchemy that are understood and refused, each with what to do instead.
pub(crate) struct Refused {
    pub(crate) place: Place,
    pub(crate) names: &'static [&'static str],
    pub(crate) instead: &'static str,
}

const LATER: &str = "not supported yet";
const DATACLASS: &str = "write it by the struct's own derives";

pub(crate) static REFUSED: &[Refused] = &[
    refused(Mapped, &["tablename", "name"], "write `table = \"...\"`"),
    refused(Mapped, &["schema", "inherits", "concrete"], LATER),
    refused(Mapped, &["polymorphic_on", "polymorphic_identity", "polymorphic_abstract"], LATER),
    refused(Mapped, &["version", "version_id", "version_id_col", "version_id_generator"], LATER),
    refused(Mapped, &["eager_defaults", "confirm_deleted_rows", "always_refresh"], LATER),
    refused(Mapped, &["passive_updates", "passive_deletes", "batch"], LATER),
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
    refused(Column, &["onupdate", "server_onupdate"], LATER),
    refused(Column, &["deferred", "deferred_group", "deferred_raiseload"], LATER),
    refused(Column, &["active_history", "version", "version_id"], LATER),
    refused(Column, &["comment", "doc", "info", "quote", "system", "sort_order"], LATER),
    refused(Column, &["init", "repr", "compare", "kw_only", "hash", "default_factory"], DATACLASS),
    refused(Relationship, &["uselist"], "the field's type says it: `Many<T>`, `One<T>` or `Option<One<T>>`"),
    refused(Relationship, &["collection_class"], "the field's type says it: `Many<T>` or `ManySet<T>`"),
    refused(Relationship, &["backref"], "not supported yet; write `back_populates` on both sides"),
    refused(Relationship, &["viewonly", "sync_backref", "overlaps", "post_update"], LATER),
    refused(Relationship, &["passive_deletes", "passive_updates", "active_history"], LATER),
    refused(Relationship, &["join_depth", "innerjoin", "omit_join", "distinct_target_key"], LATER),
    refused(Relationship, &["load_on_pending", "comparator_factory", "query_class"], LATER),
    refused(Relationship, &["enable_typechecks", "info", "doc", "key"], LATER),
    refused(
        Relationship,
        &["init", "repr", "compare", "kw_only", "hash", "default", "default_factory"],
        DATACLASS,
    ),
    refused(Relationship, &["argument"], "write `target = \"...\"`, or the class in the field's type"),
];

const fn refused(place: Place, names: &'static [&'static str], instead: &'static str) -> Refused {
    Refused { place, names, instead }
}

/// The key of that name.
pub(crate) fn find(place: Place, name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.place == place && key.name == name)
}

/// The names of the keys that are legal in a place.
pub(crate) fn legal(place: Place) -> Vec<&'static str> {
    KEYS.iter().filter(|key| key.place == place).map(|key| key.name).collect()
}

/// The message for a key that isn't one: what to do instead, where it belongs, or the nearest name.
pub(crate) fn unknown(place: Place, name: &str) -> String {
    let refused = REFUSED.iter().find(|r| r.place == place && r.names.contains(&name));
    if let Some(refused) = refused {
        return format!("`{name}` in `{}`: {}", place.text(), refused.instead);
    }
    let mut message = format!("`{}` has no key `{name}`", place.text());
    let attributes = [Mapped, Column, Relationship];
    if let Some(other) = attributes.into_iter().find(|other| *other != place && find(*other, name).is_some())
    {
        message.push_str(&format!("\nhelp: it belongs to `{}`", other.text()));
    } else if let Some(near) = nearest(name, legal(place)) {
        message.push_str(&format!("\nhelp: did you mean `{near}`?"));
    }
    message.push_str(&format!("\nlegal here: {}", legal(place).join(", ")));
    message
}

/// The candidate that is nearest to a name, if any is near enough to be a guess.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(1) + 1;
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance < limit.min(candidate.len()) + usize::from(limit > 2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters to insert, delete, replace or swap with their neighbour to get from one name to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_near_names_only() {
        let guess = |name| nearest(name, legal(Relationship));
        assert_eq!(guess("back_popultes"), Some("back_populates"));
        assert_eq!(guess("lasy"), Some("lazy"));
        assert_eq!(guess("cascades"), Some("cascade"));
        assert_eq!(guess("primary_join"), Some("primaryjoin"));
        assert_eq!(guess("colour"), None);
        assert_eq!(guess("x"), None);
        assert_eq!(distance("nmae", "name"), 1);
    }

    /// The rows of a place's table in the documentation.
    fn rows(place: Place) -> String {
        KEYS.iter()
            .filter(|key| key.place == place)
            .map(|key| format!("| `{}` | {} |\n", key.shape.example(key.name), key.doc))
            .collect()
    }

    #[test]
    fn the_documentation_lists_every_key() {
        let mapped = include_str!("../../docs/mapped.md");
        for place in [Mapped, ForeignKey, Unique, Index, Check, Column, Relationship] {
            let rows = rows(place);
            assert!(mapped.contains(&rows), "docs/mapped.md lacks, for {}:\n{rows}", place.text());
        }
    }

    #[test]
    fn no_key_is_both_legal_and_refused() {
        for refused in REFUSED {
            for name in refused.names {
                assert!(find(refused.place, name).is_none(), "{name}");
            }
        }
    }
}
