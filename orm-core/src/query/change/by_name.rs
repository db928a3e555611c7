//! Statements that write rows of a class that is known only when the program runs.

use super::columns::{Fits, RowOf, SetColumns};
use super::delete::Delete;
use super::insert::Insert;
use super::parts::{ChangeParts, Verb};
use super::set_to::SetTo;
use super::update::Update;
use crate::declare::{AliasId, Column, SlotId};
use crate::mapper::Mapper;
use crate::query::column_options::ColumnList;
use crate::query::leaf::{ClassRef, Leaf};
use crate::query::row::AnyRow;
use crate::sql::Tree;
use crate::state::typed::obj::AnyClass;
use crate::value::Value;

impl Mapper {
    /// Inserts rows of the class by statement: as [`insert`](crate::insert), where the class is known only when the program
    /// runs. Columns are named by [`AnyEntity::column`](crate::AnyEntity::column), and values are [`Value`]s: one that
    /// doesn't fit its column is a `value` error when the statement runs.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # use orm::{AnyItem, Value};
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// #     age: Option<i64>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let mapper = DefaultRegistry::mapper("User")?;
    /// let user = mapper.entity();
    /// let columns = vec![user.column("name")?, user.column("age")?];
    /// let rows = [("ed", 40), ("jo", 7)].map(|(name, age)| vec![Value::from(name), Value::from(age)]);
    /// assert_eq!(session.run(mapper.insert().columns(columns).rows(rows))?, 2);
    ///
    /// let older = mapper.update().set(user.column("age")?, Value::from(41)).filter(user.attr("age")?.gt(9));
    /// assert_eq!(session.run(older.returning(user.attr("age")?))?, [Value::from(41)]);
    /// assert_eq!(session.run(mapper.delete().filter(user.attr("age")?.lt(9)))?, 1);
    /// assert!(user.column("nmae").is_err(), "did you mean `name`?");
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert(&'static self) -> Insert<AnyClass> {
        Insert::of(self.changed(Verb::Insert))
    }

    /// Changes rows of the class by statement: as [`update`](crate::update), with columns and values as for
    /// [`insert`](Self::insert).
    pub fn update(&'static self) -> Update<AnyClass> {
        Update::of(self.changed(Verb::Update))
    }

    /// Deletes rows of the class by statement: as [`delete`](crate::delete).
    pub fn delete(&'static self) -> Delete<AnyClass> {
        Delete::of(self.changed(Verb::Delete))
    }

    fn changed(&'static self, verb: Verb) -> Box<ChangeParts> {
        ChangeParts::of_class(ClassRef::Mapper(self), verb)
    }
}

/// As many columns as there are, of a class that is known only when the program runs.
#[diagnostic::do_not_recommend]
impl ColumnList<AnyClass> for Vec<Column<AnyClass, Value>> {
    fn slots(self) -> (Vec<SlotId>, AliasId) {
        let alias = self.iter().map(|column| column.alias()).find(|alias| alias.is_some());
        (self.iter().map(|column| column.slot()).collect(), alias.unwrap_or(AliasId::NONE))
    }
}

#[diagnostic::do_not_recommend]
impl SetColumns<AnyClass> for Vec<Column<AnyClass, Value>> {
    type Values = Vec<Value>;
}

#[diagnostic::do_not_recommend]
impl Fits<Vec<Value>> for AnyRow {}

/// A value for each column; another number of them is a `query` error when the statement runs.
#[diagnostic::do_not_recommend]
impl<X: SetTo<Value>> RowOf<Vec<Value>> for Vec<X> {
    fn trees(self) -> Vec<Tree<Leaf>> {
        self.into_iter().map(SetTo::tree).collect()
    }
}
