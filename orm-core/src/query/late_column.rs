//! What can be made of a column that stands beside its class: it becomes an expression.

use super::expr::Expr;
use super::leaf::Leaf;
use crate::declare::AliasId;
use crate::sql::Tree;
use crate::state::LateColumn;
use crate::state::typed::mapped::Mapped;
use crate::value::Typed;

impl<S: Mapped, V: Typed> LateColumn<S, V> {
    /// The column as an expression. Unlike [`column`](Self::column) it asks for nothing where its registry is being
    /// configured, so that the conditions of relationships can name it. A column that wasn't added to its class makes an error
    /// of what it stands in.
    ///
    /// ```standalone_crate
    /// use orm::mapper::LateColumn;
    /// use orm::prelude::*;
    ///
    /// #[derive(Mapped)]
    /// struct User {
    ///     #[column(primary_key)]
    ///     id: i64,
    ///     #[relationship(primaryjoin = User::id.eq(OWNER_ID.expr().foreign()), viewonly)]
    ///     pets: Many<Pet>,
    /// }
    ///
    /// #[derive(Mapped)]
    /// #[mapped(table = "users_pet")]
    /// struct Pet {
    ///     #[column(primary_key)]
    ///     id: i64,
    /// }
    ///
    /// static OWNER_ID: LateColumn<Pet, Option<i64>> = LateColumn::new("owner_id");
    /// orm::late!(DefaultRegistry: OWNER_ID);
    ///
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let (user, pet) = session.add_all((User::builder(), Pet::builder()))?;
    /// session.flush()?;
    /// OWNER_ID.set(&pet, Some(user.id()?))?;
    /// session.commit()?;
    /// assert_eq!(user.pets().get(0)?, Some(pet));
    /// assert_eq!(session.scalars(select(Pet).filter(OWNER_ID.expr().is_null()))?.all()?, []);
    /// # Ok(())
    /// # }
    /// ```
    pub fn expr(&'static self) -> Expr<V> {
        Expr::of(match self.known_name() {
            Ok(column) => Tree::Late(Leaf::Column(column, AliasId::NONE)),
            Err(error) => Leaf::wrong(format!(
                "`{}.{}`: {}; {}",
                S::CLASS,
                self.attribute(),
                error.message(),
                error.mend().unwrap_or_default()
            )),
        })
    }
}
