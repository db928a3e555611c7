//! `Returning`: a statement that gives back rows.

use std::fmt;
use std::marker::PhantomData;

use super::parts::ChangeParts;
use super::statement::{Change, Run};
use crate::error::Result;
use crate::query::options_for::OptionsFor;
use crate::query::row::Row;

/// A statement that writes rows and gives something back of each: made by `.returning(...)`. It runs once and wholly, so
/// what it gives is a list.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # #[derive(Mapped)]
/// # struct Account {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     balance: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let opened = insert(Account).rows([5, 7].map(|balance| Account::builder().balance(balance)));
/// let accounts = session.run(opened.returning(Account))?;
/// let raised = update(Account).set(Account::balance, Account::balance + 1).filter(Account::balance.gt(5));
/// assert_eq!(session.run(raised.returning((Account::id, Account::balance)))?, [(2, 8)]);
/// assert_eq!(accounts[1].balance()?, 8);
/// # Ok(())
/// # }
/// ```
#[must_use = "a statement does nothing until a session runs it"]
pub struct Returning<R>(Box<ChangeParts>, PhantomData<fn() -> R>);

impl<R> Returning<R> {
    /// How what belongs to the objects that it gives is loaded: after the rows, so that `joined` and `contains_eager` of one
    /// of them are a `query` error, and so is any option of a deletion, whose rows are gone.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # #[derive(Mapped)]
    /// # struct User {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// #     #[relationship(back_populates = "user")]
    /// #     addresses: Many<Address>,
    /// # }
    /// # #[derive(Mapped)]
    /// # struct Address {
    /// #     #[column(primary_key)]
    /// #     id: i64,
    /// #     email: String,
    /// #     #[column(foreign_key = User::id)]
    /// #     user_id: i64,
    /// #     #[relationship(back_populates = "addresses")]
    /// #     user: One<User>,
    /// # }
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// # session.add(User::builder().name("ed").addresses([Address::builder().email("ed@example.org")]))?;
    /// # session.commit()?;
    /// let renamed = update(User).set(User::name, "Ed").returning(User).options(selectin(User::addresses));
    /// let users = session.run(renamed)?;
    /// assert!(users[0].addresses().is_loaded()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn options(mut self, options: impl OptionsFor<R::Root>) -> Self
    where
        R: Row,
    {
        options.put(&mut self.0.returning.options);
        self
    }

    pub(super) fn new(parts: Box<ChangeParts>) -> Self {
        Returning(parts, PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Change for Returning<R> {
    type Output = Vec<R>;

    fn output(self, run: Run<'_>) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        run(*self.0, &mut |cells| {
            rows.push(R::read(cells)?);
            Ok(())
        })?;
        Ok(rows)
    }
}

impl<R> fmt::Debug for Returning<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Returning").field(&self.0).finish()
    }
}
