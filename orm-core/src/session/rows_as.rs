//! What the rows of a query are given as: structs, or items under their names.

use std::marker::PhantomData;

use super::execute::Rows;
use super::waiting::PlainItem;
use crate::query::{FromRow, NamedRow, Row};

impl<R: Row> Rows<R> {
    /// Each row as a struct with `#[derive(FromRow)]`, whose fields are the items in their order.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # session.add(User::builder().name("ed"))?;
    /// #[derive(FromRow)]
    /// struct Named {
    ///     name: String,
    ///     letters: i64,
    /// }
    ///
    /// let named = session.execute(select((User::name, func::length(User::name))))?.into::<Named>().one()?;
    /// assert_eq!((named.name.as_str(), named.letters), ("ed", 2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn into<S: FromRow<Row = R>>(self) -> Rows<S> {
        let Rows { session, query, unique, plain, .. } = self;
        Rows {
            session,
            query,
            read: |cells| R::read(cells).map(S::from_row),
            unique,
            plain: plain.map(|_| -> PlainItem<S> { |_, _| None }),
            row: PhantomData,
        }
    }
}

impl<R> Rows<R> {
    /// Each row with its items under their names, whatever their types are. Where plain values were asked for, objects take
    /// their places.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # session.add(User::builder().name("ed"))?;
    /// let query = select((User::name, func::length(User::name).label("letters")));
    /// let row = session.execute(query)?.mappings().one()?;
    /// assert_eq!((row.get::<String>("name")?.as_str(), row.get::<i64>("letters")?), ("ed", 2));
    ///
    /// let text = select_text("SELECT name, 7 AS seven FROM user").rows::<orm::AnyRow>();
    /// assert_eq!(session.execute(text)?.mappings().one()?.get::<i64>("seven")?, 7);
    /// # Ok(())
    /// # }
    /// ```
    pub fn mappings(self) -> Rows<NamedRow> {
        let Rows { session, query, unique, .. } = self;
        Rows { session, query, read: NamedRow::read, unique, plain: None, row: PhantomData }
    }
}
