//! `TableSource`: a type that stands for a table, and the constructors that generated code declares with.

use std::any::{Any, TypeId};

use super::{
    Column, ColumnCheck, ColumnDecl, ColumnName, ComputedDecl, ConditionDecl, Declared, DeferredDecl,
    ExpressionDecl, Listen, Made, MadeDecl, Make, MakeCondition, MakeOrder, ModelDecl, NextVersion,
    OrderDecl, RelationDecl, TableDecl, TargetDecl, VersionDecl,
};
use crate::error::Result as Outcome;
use crate::sql::SqlType;
use crate::value::{Assign, ColumnType, Typed, Value, ValueError, ValueRef};

/// A type that stands for a table: a class, or a struct with `#[derive(Table)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table",
    label = "neither a mapped class nor a table",
    note = "add `#[derive(Table)]` to `{Self}`, or `#[derive(Mapped)]` if it has a class"
)]
#[doc(hidden)]
pub trait TableSource: 'static {
    /// The table's name.
    const NAME: &'static str;
    /// The table. It names other tables by their columns, and never reads their declarations.
    const TABLE: TableDecl;
}

/// A column with the name of its attribute. For generated code.
#[doc(hidden)]
pub const fn column<E: TableSource, V>(name: &'static str, index: u16) -> Column<E, V> {
    Column::new(E::NAME, name, name, index)
}

impl TargetDecl {
    /// The class `T`. For generated code.
    #[doc(hidden)]
    pub const fn class<T: Declared>() -> Self {
        TargetDecl::Class { class: T::CLASS, module: T::MODULE, id: TypeId::of::<T> }
    }
}

impl ModelDecl {
    /// A class with its relationships. For generated code.
    #[doc(hidden)]
    pub const fn of<T: Declared + TableSource>(relations: &'static [RelationDecl]) -> Self {
        ModelDecl {
            class: T::CLASS,
            module: T::MODULE,
            relations,
            ..ModelDecl::wrong(<T as TableSource>::TABLE)
        }
    }

    /// A class with mistakes of its own, which has no name. For generated code.
    #[doc(hidden)]
    pub const fn wrong(table: TableDecl) -> Self {
        ModelDecl {
            class: "",
            module: "",
            table,
            relations: &[],
            listen: None,
            confirm_deleted_rows: true,
            synonyms: &[],
            composites: &[],
        }
    }

    /// Nobody is told when rows that a flush deletes are gone. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn unconfirmed(mut self) -> Self {
        self.confirm_deleted_rows = false;
        self
    }

    /// With other names of attributes. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn synonyms(mut self, synonyms: &'static [(&'static str, &'static str)]) -> Self {
        self.synonyms = synonyms;
        self
    }

    /// With attributes that several columns make up. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn composites(
        mut self,
        composites: &'static [(&'static str, &'static [&'static str])],
    ) -> Self {
        self.composites = composites;
        self
    }

    /// With what listens to its objects. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn listening(mut self, listen: Listen) -> Self {
        self.listen = Some(listen);
        self
    }
}

impl ColumnDecl {
    /// A column of the type `V` without options. For generated code.
    #[doc(hidden)]
    pub const fn of<V: Typed>(attribute: &'static str, name: &'static str) -> Self {
        ColumnDecl {
            attribute,
            name,
            ty: V::SQL_TYPE,
            type_name: V::NAME,
            nullable: V::NULLABLE,
            primary_key: false,
            db_generated: false,
            default: None,
            server_default: None,
            onupdate: None,
            made: MadeDecl::NONE,
            expression: None,
            is_eager: false,
            active_history: false,
            info: None,
            comment: None,
            sort_order: 0,
            stored: <V::Base as ColumnType>::stored,
            is_integer: <V::Base as ColumnType>::IS_INTEGER,
            deferred: None,
            version: None,
            validator: None,
        }
    }

    /// Part of the primary key, and so never `NULL`.
    #[doc(hidden)]
    #[must_use]
    pub const fn primary_key(mut self, generated: bool) -> Self {
        self.primary_key = true;
        self.nullable = false;
        self.db_generated = generated;
        self
    }

    /// With a value for objects that have none when they are inserted.
    #[doc(hidden)]
    #[must_use]
    pub const fn default_to(mut self, make: fn() -> Result<Made, ValueError>) -> Self {
        self.default = Some(Make::Function(make));
        self
    }

    /// With a default in DDL.
    #[doc(hidden)]
    #[must_use]
    pub const fn server_default(mut self, sql: &'static str) -> Self {
        self.server_default = Some(sql);
        self
    }

    /// Loaded when it is first read, and with it the others of its group.
    #[doc(hidden)]
    #[must_use]
    pub const fn deferred(mut self, group: Option<&'static str>, raises: bool) -> Self {
        self.deferred = Some(DeferredDecl { group, raises });
        self
    }

    /// The version of the row, which the flush makes. The first one is its default.
    #[doc(hidden)]
    #[must_use]
    pub const fn version_made(mut self, next: fn(Option<ValueRef<'_>>) -> Result<Value, ValueError>) -> Self {
        let next = NextVersion::Function(next);
        self.version = Some(VersionDecl::Made(next));
        self.default = Some(Make::First(next));
        self
    }

    /// The version of the row, which whoever changes the row sets.
    #[doc(hidden)]
    #[must_use]
    pub const fn version_manual(mut self) -> Self {
        self.version = Some(VersionDecl::Manual);
        self
    }

    /// The version of the row, which the database makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn version_by_server(mut self) -> Self {
        self.made.on_insert = true;
        self.made.on_update = true;
        self.version = Some(VersionDecl::Server);
        self
    }

    /// With what an update of the row sets it to where it isn't set.
    #[doc(hidden)]
    #[must_use]
    pub const fn onupdate(mut self, make: fn() -> Result<Made, ValueError>) -> Self {
        self.onupdate = Some(Make::Function(make));
        self
    }

    /// Changed by the database whenever the row is updated.
    #[doc(hidden)]
    #[must_use]
    pub const fn server_onupdate(mut self) -> Self {
        self.made.on_update = true;
        self
    }

    /// With a value that the database makes of a new row, though no default says which.
    #[doc(hidden)]
    #[must_use]
    pub const fn fetched_default(mut self) -> Self {
        self.made.on_insert = true;
        self
    }

    /// Computed of other columns.
    #[doc(hidden)]
    #[must_use]
    pub const fn computed(mut self, sql: &'static str, stored: bool) -> Self {
        self.made.computed = Some(ComputedDecl { sql, stored });
        self
    }

    /// Standing for the expression that its descriptor knows; no table has it.
    #[doc(hidden)]
    #[must_use]
    pub const fn expressed(mut self, column: ColumnName, expire_on_flush: bool) -> Self {
        self.expression = match column.expression() {
            Some(make) => Some(ExpressionDecl { make, expire_on_flush }),
            None => None,
        };
        self
    }

    /// With what is said of it for people.
    #[doc(hidden)]
    #[must_use]
    pub const fn comment(mut self, comment: &'static str) -> Self {
        self.comment = Some(comment);
        self
    }

    /// With its place in the table.
    #[doc(hidden)]
    #[must_use]
    pub const fn sort_order(mut self, place: i32) -> Self {
        self.sort_order = place;
        self
    }

    /// What it held is loaded when it is set.
    #[doc(hidden)]
    #[must_use]
    pub const fn active_history(mut self) -> Self {
        self.active_history = true;
        self
    }

    /// With what the user's own code says of it.
    #[doc(hidden)]
    #[must_use]
    pub const fn info(mut self, info: &'static str) -> Self {
        self.info = Some(info);
        self
    }

    /// What the database makes of it is read back within the flush.
    #[doc(hidden)]
    #[must_use]
    pub const fn eager(mut self) -> Self {
        self.is_eager = true;
        self
    }

    /// What is asked of a value that the user sets it to.
    #[doc(hidden)]
    #[must_use]
    pub const fn validated(mut self, check: fn(owner: &dyn Any, slot: &mut dyn Any) -> Outcome<()>) -> Self {
        self.validator = Some(ColumnCheck::Function(check));
        self
    }

    /// With a default in DDL, whose value is read back within the flush.
    #[doc(hidden)]
    #[must_use]
    pub const fn eager_default(mut self, sql: &'static str) -> Self {
        self.server_default = Some(sql);
        self.is_eager = true;
        self
    }
}

/// A condition by a typed expression. For generated code.
#[doc(hidden)]
pub const fn condition(make: MakeCondition) -> Option<ConditionDecl> {
    Some(ConditionDecl::Typed(make))
}

/// An order by typed terms. For generated code.
#[doc(hidden)]
pub const fn order(make: MakeOrder) -> Option<OrderDecl> {
    Some(OrderDecl::Typed(make))
}

/// The type of a field that is a column. Generated code asks by this trait, which has one short error for all.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column type",
    label = "can't be stored in a column",
    note = "an alias of a relationship type needs `#[relationship]`; for a type of your own implement `ColumnType`"
)]
#[doc(hidden)]
pub trait ColumnField {
    /// The type itself.
    type Type: Typed;
    /// What it is as a key, or a part of one: the type without `Option`.
    type Key: ColumnType;
}

#[diagnostic::do_not_recommend]
impl<V: Typed> ColumnField for V {
    type Type = V;
    type Key = V::Base;
}

/// What `#[mapped(default)]` makes a value of the class of: a default that can be assigned to a column of type `V`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives `#[mapped(default)]` no value for a column of type `{V}`",
    label = "expected `{V}`",
    note = "what an expression comes to the database says, when the row is inserted"
)]
#[doc(hidden)]
pub trait DefaultOf<V> {
    /// The value.
    fn value(self) -> V;
}

#[diagnostic::do_not_recommend]
impl<V, X: Assign<V>> DefaultOf<V> for X {
    fn value(self) -> V {
        self.assign()
    }
}

/// Whether a database can generate values of the type: integers only. Usable in constants.
#[doc(hidden)]
pub const fn generates<V: Typed>() -> bool {
    matches!(V::SQL_TYPE, SqlType::SmallInt | SqlType::Integer | SqlType::BigInt)
}
