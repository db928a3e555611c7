//! Queries as data: a `Select` is inert, and needs neither a session nor a connection to be built and compared.

mod alias;
mod any_load;
mod any_relationship;
mod around;
mod by_name;
mod case;
pub(crate) mod change;
mod column;
mod column_options;
mod declared;
mod each_tuple;
mod entity_label;
mod expr;
mod expressed;
pub mod func;
mod join;
mod label;
mod label_op;
mod large;
mod late_column;
pub(crate) mod leaf;
mod literal;
mod load;
mod made;
pub(crate) mod named;
mod named_row;
mod operand;
mod operators;
pub(crate) mod option;
mod optional_row;
mod options;
mod options_for;
mod order;
pub(crate) mod parts;
mod relation_op;
mod row;
mod row_count;
mod row_key;
mod rows;
mod select;
mod selectable;
mod set_column;
mod source;
mod text;
mod tuple;
mod value_of;
mod window;
mod window_func;
mod written;

pub use alias::{Alias, ClassOrAlias, Entity, Member, Optional, QueryAlias, aliased, aliased_as};
pub use any_load::AnyLoad;
pub use any_relationship::AnyRelationship;
pub(crate) use around::{columns_around, compared_tables};
pub use by_name::{AnyEntity, Selected};
pub use case::{Branches, CaseStart, case};
pub use change::{
    Change, Delete, Fits, Insert, InsertColumns, NewRow, OnConflict, Returning, RowOf, SetColumns, SetTo,
    Sync, Update, UpdateColumns, Upsert, delete, excluded, insert, update,
};
pub use column_options::{
    ColumnList, ColumnsOf, DeferredOf, defer, defer_all, load_only, undefer, undefer_all, undefer_group,
};
pub(crate) use declared::declared;
pub use declared::order_term;
pub(crate) use each_tuple::each_tuple;
pub use entity_label::EntityLabel;
pub use expr::{Expr, all_of, any_of};
pub use expressed::expressed;
pub(crate) use expressed::with_expressions;
pub use func::Args;
pub use join::{FromSources, JoinTarget, On, TargetOf, ToQuery};
pub use label::Label;
pub use literal::literal;
pub use load::{
    AllRelationships, Load, all, batch, contains_eager, default_load, immediate, joined, lazy, noload, raise,
    raise_on_sql, selectin, subquery,
};
pub use made::{default_value, onupdate};
pub use named::{Cte, Subquery};
pub use named_row::NamedRow;
pub use operand::{Condition, InList, Number, Operand, SqlExpr, Term, TextType};
pub use optional_row::OptionalRow;
pub use options::OptionOf;
pub use options_for::{OptionsFor, SameClass};
pub use order::{OrderBy, OrderTerms};
pub use relation_op::{IsLoaded, IsToMany, IsToOne, with_parent};
pub use row::{AnyItem, AnyRoot, AnyRow, Cells, FromRow, Row};
pub use row_count::RowCount;
pub use rows::RowsOf;
pub use select::{IntoSelect, Select, exists, select};
pub use selectable::Selectable;
pub use set_column::SetColumn;
pub use source::{NamedItem, ValueRow, values};
pub use text::{Written, text};
pub use tuple::{Tuple, TupleItems, TupleList, TupleOperand, tuple_};
pub use window::{Func, Window, window};
pub use written::{WrittenColumns, WrittenQuery, WrittenRow, WrittenSelect, select_text};

pub(crate) use change::stored;
pub(crate) use large::items as large_items;
pub(crate) use leaf::{ClassRef, Leaf, RelationRef, Test};
pub(crate) use operand::column as column_tree;
pub(crate) use parts::{Item, QueryParts};
pub(crate) use relation_op::{related, some as some_condition};
pub(crate) use row::{Items, Names};
pub(crate) use row_key::RowKey;
pub(crate) use rows::{check as check_rows, link_items, named_rows};
