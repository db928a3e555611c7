//! `Returning`: a statement that gives back rows.

use std::fmt;
use std::marker::PhantomData;

use super::parts::ChangeParts;
use super::statement::{Change, Run};
use crate::error::Result;
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
