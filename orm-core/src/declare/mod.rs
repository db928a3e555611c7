//! Declarations: what the derive writes down about a class, as constants. Names only; nothing is resolved.

mod calls;
pub(crate) mod check;
mod column;
mod columns_of_items;
mod condition;
mod ids;
pub(crate) mod join;
mod kept;
mod made;
mod name;
mod options;
mod other_rows;
mod relation;
mod rows;
mod source;
mod table;
mod validator;
mod version;

use std::any::Any;

use crate::error::Result;
pub use crate::sql::schema::{Deferrable, ReferentialAction};
pub use check::{
    At, Complaint, References, backref_kind, check_backref, check_generated, check_key, check_relationship,
    check_version, foreign_key, foreign_key_of, report, report_rest, same_crate, unnamed_class,
};
pub(crate) use check::{Text, is_required, loads};
pub use column::{Column, ColumnName};
pub use columns_of_items::{ItemKey, KeyedBy, OrderedBy};
pub use condition::{Asked, AskedOrder, ConditionDecl, MakeCondition, MakeOrder, OrderDecl};
pub use ids::{AliasId, ColumnId, LinkSlotId, SlotId};
pub use kept::Kept;
pub use made::{ComputedDecl, ExpressionDecl, Made, MadeDecl, Make, MakeExpression};
pub use name::same;
pub use options::{Cascade, InnerJoin, Lazy, PassiveDeletes};
pub(crate) use other_rows::OtherRows;
pub use relation::{
    BackrefDecl, Direction, Kind, RelationAt, RelationDecl, Relationship, SecondaryDecl, TargetDecl, ToLarge,
    ToMany, ToOne,
};
pub use rows::{LinkItem, LinkQuery, NamedRows, RowsDecl, RowsQuery};
pub use source::{ColumnField, DefaultOf, TableSource, column, condition, generates, order};
pub use table::{
    CheckDecl, ColumnDecl, DeferredDecl, ForeignKeyDecl, IndexDecl, StoredForm, TableDecl, TableKind,
    UniqueDecl,
};
pub use validator::{ColumnCheck, ItemCheck, ItemChecks};
pub(crate) use version::version_by;
pub use version::{Counts, NextVersion, VersionDecl, count, make_version};

/// Fills the table of what listens to the objects of a class, which the layer of states makes.
pub type Listen = fn(&mut dyn Any) -> Result<()>;

/// A class as it was declared.
#[derive(Debug)]
pub struct ModelDecl {
    /// The struct's name.
    pub class: &'static str,
    /// The module that it stands in, as `module_path!()` gives it.
    pub module: &'static str,
    /// Its table.
    pub table: TableDecl,
    /// Its relationships, in the order of the fields.
    pub relations: &'static [RelationDecl],
    /// Says what listens to its objects.
    pub listen: Option<Listen>,
    /// Whether it is told when rows that a flush deletes are gone.
    pub confirm_deleted_rows: bool,
    /// Other names of attributes, each with the attribute.
    pub synonyms: &'static [(&'static str, &'static str)],
    /// Attributes that several columns make up, each with the columns' attributes.
    pub composites: &'static [(&'static str, &'static [&'static str])],
}

impl ModelDecl {
    /// The relationship of that name. Usable in constants.
    pub const fn relation(&self, name: &str) -> Option<&RelationDecl> {
        let mut i = 0;
        while i < self.relations.len() {
            if same(self.relations[i].name, name) {
                return Some(&self.relations[i]);
            }
            i += 1;
        }
        None
    }

    /// The attribute that a name is another name of, or the name. Usable in constants.
    pub const fn attribute<'a>(&self, name: &'a str) -> &'a str {
        let mut i = 0;
        while i < self.synonyms.len() {
            let (synonym, attribute) = self.synonyms[i];
            if same(synonym, name) {
                return attribute;
            }
            i += 1;
        }
        name
    }
}

/// What a class is declared as. Implemented by the derive, which implements `Mapped` as well: the bound for users.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a mapped class",
    label = "not mapped",
    note = "add `#[derive(Mapped)]` to `{Self}`"
)]
pub trait Declared: Sized + 'static {
    /// The struct's name.
    const CLASS: &'static str;
    /// The module that it stands in, as `module_path!()` gives it.
    const MODULE: &'static str;
    /// The table's name.
    const TABLE: &'static str;
    /// The declaration. It never reads the declaration of another class (that would be a cycle).
    const DECL: ModelDecl;
    /// The declaration where it stands: the compiler evaluates it once, and not for each relationship that looks at it.
    #[doc(hidden)]
    const DECLARED: &'static ModelDecl = &Self::DECL;
}
