//! The one table of attribute keys: where each is legal, the shape of its value, what it means. The options that
//! the parser fills, the error texts and the documentation are made from it.

use syn::parse::ParseStream;

use super::place::Key;
pub(crate) use super::place::Place;
use super::read::Options;
use super::shape::{
    self, ColumnForeignKey, ColumnList, ColumnRef, ColumnRefs, Composed, Entry, Expression, Fields, Flag,
    FlagOr, KeyRef, Nested, Path, Proxied, ReverseSide, Several, Shape, StructRef, Synonyms, TableOrQuery,
    Terms, Text, TextOrNone, Types, Version, Word,
};
use super::word::{CascadeWord, Deferrable, InnerJoin, Lazy, PassiveDeletes, ReferentialAction};

/// The name of a key: that of its field, or another where a field can't have it.
macro_rules! name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// Makes the options of each place, a struct with a field for each key, and the list of all keys.
macro_rules! keys {
    ($(
        $(#[$about:meta])*
        $place:ident => $options:ident {
            $($(#[doc = $doc:literal])+ $field:ident $(as $name:literal)?: $shape:ty,)*
        }
    )*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Default)]
            pub(crate) struct $options {
                $($(#[doc = $doc])+ pub(crate) $field: <$shape as Shape>::Slot,)*
            }

            impl Options for $options {
                const PLACE: Place = Place::$place;

                fn read(&mut self, entry: Entry<'_>, input: ParseStream<'_>) -> Option<syn::Result<()>> {
                    $(
                        if entry.key == name!($field $($name)?) {
                            return Some(shape::fill::<$shape>(entry, input, &mut self.$field));
                        }
                    )*
                    None
                }
            }
        )*

        static KEYS: &[Key] = &[$($(
            Key {
                place: Place::$place,
                name: name!($field $($name)?),
                example: <$shape as Shape>::example,
                doc: concat!($($doc),+),
            },
        )*)*];
    };
}

keys! {
    /// `#[mapped(...)]`.
    Mapped => MappedOptions {
        /// The table's name; the struct's name in snake case by default.
        table: Text,
        /// The schema that the table is in; in SQLite a database that the engine attaches by this name.
        schema: Text,
        /// The registry that the class belongs to.
        registry: Path,
        /// The struct of another crate that the class describes: it is the plain value of the class's objects.
        remote: StructRef,
        /// The name of the struct that makes new objects, where `UserBuilder` is another one.
        builder: Path,
        /// Where the crate `orm` is, if not at `::orm`.
        root as "crate": Path,
        /// The struct's `Default` is derived too: what a new object gets that nobody gives anything.
        default: Flag,
        /// What the defaults of the database make of a new row is read back within the flush.
        eager_defaults: Flag,
        /// A function that says what listens to its objects, `fn(&mut orm::Listeners<'_, User>)`.
        listen: Path,
        /// `confirm_deleted_rows = false` where nobody is told that rows which a flush deletes were gone.
        confirm_deleted_rows: Flag,
        /// The database holds values to the types of their columns (`STRICT`).
        strict: Flag,
        /// Rows are kept in the order of their primary key, and have no number of their own (`WITHOUT ROWID`).
        without_rowid: Flag,
        /// What is said of the table for people; databases without comments have none of it.
        comment: Text,
        /// A foreign key of several columns.
        foreign_key: Nested<ForeignKeyOptions>,
        /// A unique constraint over several columns.
        unique: Nested<UniqueOptions>,
        /// An index over several columns.
        index: Nested<IndexOptions>,
        /// A check constraint of the table.
        check: Nested<CheckOptions>,
        /// An attribute that stands for one of the class at the other end of a relationship.
        proxy: Proxied,
        /// Several columns as one value.
        composite: Composed,
        /// Other names of attributes.
        synonym: Synonyms,
    }

    /// `#[composite(...)]` of a struct with `#[derive(CompositeType)]`.
    CompositeType => CompositeTypeOptions {
        /// The types of its columns, where they aren't those of its fields: it is made of their tuple by `TryFrom`, and becomes it by `Into`.
        parts: Types,
    }

    /// `foreign_key(...)` in `#[mapped]`.
    ForeignKey => ForeignKeyOptions {
        /// The fields that make up the key.
        columns: Fields,
        /// The columns that they reference, in the same order.
        references: ColumnList,
        /// What the database does when the row is deleted.
        on_delete: Word<ReferentialAction>,
        /// What the database does when its key changes.
        on_update: Word<ReferentialAction>,
        /// When the database checks it.
        deferrable: Word<Deferrable>,
        /// The constraint's name.
        name: Text,
        /// `index = false` where no index is wanted for it.
        index: Flag,
    }

    /// `unique(...)` in `#[mapped]`.
    Unique => UniqueOptions {
        /// The fields that are unique together.
        columns: Fields,
        /// The constraint's name.
        name: Text,
    }

    /// `index(...)` in `#[mapped]`.
    Index => IndexOptions {
        /// The fields to index, in this order.
        columns: Fields,
        /// In place of `columns`: columns and expressions of them, with their order.
        on: Terms,
        /// The index has only the rows that meet this condition.
        filter: Expression,
        /// The index's name.
        name: Text,
        /// Whether equal rows are refused.
        unique: Flag,
    }

    /// `check(...)` in `#[mapped]`.
    Check => CheckOptions {
        /// The condition, as SQL.
        sql: Text,
        /// The constraint's name.
        name: Text,
    }

    /// `proxy(...)` in `#[mapped]`.
    Proxy => ProxyOptions {
        /// What makes an object that leads to a value, a closure or the path of a function; of a keyed collection of a key and a value.
        creator: Expression,
        /// It is only read.
        viewonly: Flag,
        /// Of a proxy through a to-one: setting `None` takes away what leads to the value.
        cascade_scalar_deletes: Flag,
        /// Of a proxy through a to-one: setting `None` makes an object that leads to it, where there is none.
        create_on_none_assignment: Flag,
    }

    /// `#[column(...)]`.
    Column => ColumnOptions {
        /// The name in the database; the field's name by default.
        name: Text,
        /// The column is the primary key, or part of it.
        primary_key: Flag,
        /// Whether the database generates the key when it isn't set.
        generated: Flag,
        /// The column that it references.
        foreign_key: ColumnForeignKey,
        /// What the database does when that row is deleted.
        on_delete: Word<ReferentialAction>,
        /// What the database does when its key changes.
        on_update: Word<ReferentialAction>,
        /// When the database checks the foreign key.
        deferrable: Word<Deferrable>,
        /// No two rows have the same value.
        unique: Flag,
        /// The column is indexed; with `unique`, by a unique index. `index = false` where no index is wanted for its foreign key.
        index: Flag,
        /// A condition on the column, as SQL.
        check: Text,
        /// What an object gets when it is inserted without a value: a value, or an expression that the database evaluates.
        default: Expression,
        /// The default in the database, as SQL; without a text, a trigger gives a new row its value.
        server_default: TextOrNone,
        /// What an update of the row sets it to that doesn't set it: a value, which is made for each row, or an expression.
        onupdate: Expression,
        /// The database changes it when the row is updated, as by a trigger: it is read again after that.
        server_onupdate: Flag,
        /// It is computed of other columns, by an expression of SQL.
        computed: Text,
        /// With `computed`: the row holds the value, which is else computed when it is read.
        stored: Flag,
        /// It stands for an expression of columns, or for the value of a query, and no table has it: only read, with each row.
        expression: Expression,
        /// With `expression`: whether objects forget its value when a flush writes them, as they do unless this is `false`.
        expire_on_flush: Flag,
        /// It tells the versions of a row apart: the flush counts it up, or sets it to what a function makes of it; or `"manual"`, or `"server"` where the database makes it.
        version_id: Version,
        /// What is said of the column for people; databases without comments have none of it.
        comment: Text,
        /// Its place in the table: columns with smaller numbers stand before others, which have 0.
        sort_order: Expression,
        /// It isn't loaded with its object, but when it is first read.
        deferred: Flag,
        /// Deferred; the columns of a class that name the same group are loaded together.
        deferred_group: Text,
        /// Deferred; reading it where it isn't loaded is an error.
        deferred_raiseload: Flag,
        /// What it held is loaded when it is set.
        active_history: Flag,
        /// What your own code says of it.
        info: Text,
        /// A function that is asked before the column is set, `fn(T) -> Result<T, E>` or `fn(&Obj<Class>, T) -> Result<T, E>`: what it returns is stored.
        validate: Path,
    }

    /// `foreign_key(User::id, ...)` in `#[column]`.
    ColumnForeignKey => ColumnForeignKeyOptions {
        /// The constraint's name.
        name: Text,
        /// What the database does when the row is deleted.
        on_delete: Word<ReferentialAction>,
        /// What the database does when its key changes.
        on_update: Word<ReferentialAction>,
        /// When the database checks it.
        deferrable: Word<Deferrable>,
    }

    /// `#[relationship(...)]`.
    Relationship => RelationshipOptions {
        /// The query whose rows it leads to, where those aren't all of the other class.
        rows: Expression,
        /// The reverse side: a relationship of the other class.
        back_populates: Text,
        /// The reverse side, which is made on the other class: its name, or `backref(name = "...", ...)`.
        backref: ReverseSide,
        /// With `back_populates`: a change of the reverse side isn't made here.
        one_way: Flag,
        /// `sync_backref = false` where a change isn't made on the reverse side in memory.
        sync_backref: Flag,
        /// The association table, for many-to-many; or a query in its place.
        secondary: TableOrQuery,
        /// When it is loaded.
        lazy: Word<Lazy>,
        /// How many steps an eager `lazy` is followed round a circle, as in a class of itself.
        join_depth: Expression,
        /// With `lazy = "joined"`: every object has a related one, so that an inner join finds it.
        innerjoin: FlagOr<InnerJoin>,
        /// It is only read: what is changed of it isn't written.
        viewonly: Flag,
        /// The operations that reach the related objects.
        cascade: Several<CascadeWord>,
        /// The `ON DELETE` of the database deals with the related rows that aren't loaded.
        passive_deletes: FlagOr<PassiveDeletes>,
        /// The foreign key is written by an `UPDATE` of its own: after the rows are inserted, before they are deleted.
        post_update: Flag,
        /// `passive_updates = false` where a flush changes the foreign keys that hold a changed key, and not the database.
        passive_updates: Flag,
        /// The order of the collection.
        order_by: Terms,
        /// The column of the items in which the list keeps their places; without `order_by` it is also the order.
        ordered_by: ColumnRef,
        /// With `ordered_by`: the number of the first place, if it isn't 0.
        count_from: Expression,
        /// With `ordered_by`: what the column holds at a place, where that is no number in a row.
        numbering: Expression,
        /// With `ordered_by`: an item that is appended, or loaded, is numbered though it has a number.
        reorder_on_append: Flag,
        /// Of a `ManyMap`: the column of the items that is their key, several columns, or a function that gives it.
        key: KeyRef,
        /// With `key`: an item that has none is left out of the collection.
        ignore_unpopulated_attribute: Flag,
        /// Which foreign key to take, where there are several.
        foreign_keys: ColumnRefs,
        /// The far columns, for a class related to itself.
        remote_side: ColumnRefs,
        /// The condition from this class to the other, or to the association table.
        primaryjoin: Expression,
        /// The condition from the association table to the other class.
        secondaryjoin: Expression,
        /// An object has at most one parent by this relationship.
        single_parent: Flag,
        /// What a to-one relationship led to is loaded when it is replaced.
        active_history: Flag,
        /// It is loaded of a new object in a session too, by the keys that this holds.
        load_on_pending: Flag,
        /// `omit_join = false` where loading for many objects has to join their table.
        omit_join: Flag,
        /// Relationships that write the same columns on purpose, with commas between their names.
        overlaps: Text,
        /// A function that is asked before an object comes to it, `fn(&Obj<T>) -> Result<(), E>` or `fn(&Obj<Class>, &Obj<T>) -> Result<(), E>`.
        validate: Path,
        /// Such a function that is asked before an object leaves it.
        validate_removes: Path,
        /// `validate_backrefs = false` where they aren't asked of a change that began on the reverse side.
        validate_backrefs: Flag,
        /// What your own code says of it.
        info: Text,
        /// The other class by name, for a field of `AnyClass`.
        target: Text,
    }

    /// `backref(...)` in `#[relationship]`.
    Backref => BackrefOptions {
        /// Its name on the other class.
        name: Text,
        /// It holds one object, where the direction says a collection.
        one: Flag,
        /// It holds a set instead of a list.
        set: Flag,
        /// It is a collection that is never loaded, as `WriteOnly<T>`.
        write_only: Flag,
        /// It is a collection that is a query, as `Dynamic<T>`.
        dynamic: Flag,
        /// `sync_backref = false` where a change of it isn't made on this side in memory.
        sync_backref: Flag,
        /// When it is loaded.
        lazy: Word<Lazy>,
        /// How many steps an eager `lazy` is followed round a circle, as in a class of itself.
        join_depth: Expression,
        /// With `lazy = "joined"`: every object has a related one, so that an inner join finds it.
        innerjoin: FlagOr<InnerJoin>,
        /// It is only read: what is changed of it isn't written.
        viewonly: Flag,
        /// The operations that reach the related objects.
        cascade: Several<CascadeWord>,
        /// The `ON DELETE` of the database deals with the related rows that aren't loaded.
        passive_deletes: FlagOr<PassiveDeletes>,
        /// The foreign key is written by an `UPDATE` of its own: after the rows are inserted, before they are deleted.
        post_update: Flag,
        /// `passive_updates = false` where a flush changes the foreign keys that hold a changed key, and not the database.
        passive_updates: Flag,
        /// The order of the collection.
        order_by: Terms,
        /// The foreign columns, where they are to be said: they are those of this side.
        foreign_keys: ColumnRefs,
        /// The far columns, where they are to be said: they follow from this side.
        remote_side: ColumnRefs,
        /// The condition from the other class to this one, or to the association table.
        primaryjoin: Expression,
        /// The condition from the association table to this class.
        secondaryjoin: Expression,
        /// An object has at most one parent by it.
        single_parent: Flag,
        /// What it led to, if it is one object, is loaded when it is replaced.
        active_history: Flag,
        /// It is loaded of a new object in a session too, by the keys that this holds.
        load_on_pending: Flag,
        /// `omit_join = false` where loading for many objects has to join their table.
        omit_join: Flag,
        /// Relationships that write the same columns on purpose, with commas between their names.
        overlaps: Text,
        /// What your own code says of it.
        info: Text,
    }
}

/// Whether a place has a key of that name.
pub(super) fn has(place: Place, name: &str) -> bool {
    of(place).any(|key| key.name == name)
}

fn of(place: Place) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.place == place)
}

/// The names of the keys that are legal in a place.
pub(super) fn legal(place: Place) -> Vec<&'static str> {
    of(place).map(|key| key.name).collect()
}

/// An entry of a place.
pub(super) fn example(place: Place) -> String {
    of(place).next().map(|key| (key.example)(key.name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_key() {
        let mapped = include_str!("../../docs/mapped.md");
        for first in KEYS {
            let rows: String = of(first.place)
                .map(|key| format!("| `{}` | {} |\n", (key.example)(key.name), key.doc.trim()))
                .collect();
            assert!(mapped.contains(&rows), "docs/mapped.md lacks, for {}:\n{rows}", first.place.text());
        }
    }
}
