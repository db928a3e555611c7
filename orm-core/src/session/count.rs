//! `count_statements`: how many statements a piece of work takes.

use super::Session;

impl Session {
    /// Runs `f`, and gives its result with the number of statements that the session ran meanwhile: for tests that say
    /// what a piece of work may take.
    ///
    /// They are counted as an [`Observer`](crate::engine::Observer) is told of them, those that fail too, without `BEGIN`,
    /// `COMMIT` and their like: a row that is inserted by a statement of its own is one, a batch of your own is one.
    /// Other sessions of the engine don't count.
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
    /// # for name in ["ed", "jo"] {
    /// #     session.add(User::builder().name(name).addresses([Address::builder().email(name)]))?;
    /// # }
    /// # session.commit()?;
    /// let (emails, statements) = session.count_statements(|session| {
    ///     let users = session.scalars(select(User).options(selectin(User::addresses)))?.all()?;
    ///     users.iter().map(|user| user.addresses().len()).sum::<orm::Result<usize>>()
    /// });
    /// assert_eq!(emails?, 2);
    /// assert_eq!(statements, 2); // however many users there are
    /// # Ok(())
    /// # }
    /// ```
    pub fn count_statements<R>(&self, f: impl FnOnce(&Session) -> R) -> (R, usize) {
        let counting = self.inner.counter.start();
        let result = f(self);
        (result, counting.statements())
    }
}
