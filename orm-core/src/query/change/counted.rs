//! What `insert`, `update` and `delete` have in common: they say how many rows they wrote.

/// A statement that gives back how many rows it wrote.
macro_rules! counts_rows {
    ($($statement:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E> crate::query::Change for $statement<E> {
            type Output = u64;

            fn output(self, run: crate::query::change::Run<'_>) -> crate::error::Result<u64> {
                run(*self.0, &mut |_| Ok(()))
            }
        }

        impl<E> std::fmt::Debug for $statement<E> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($statement)).field(&self.0).finish()
            }
        }

        impl<E> $statement<E> {
            /// What becomes of the objects of the session whose rows it changes.
            pub fn sync(mut self, sync: crate::query::Sync) -> Self {
                self.0.sync = sync;
                self
            }

            /// Whether what changed is flushed before it runs; it is unless this says no.
            pub fn autoflush(mut self, flush: bool) -> Self {
                self.0.returning.running.no_autoflush = !flush;
                self
            }

            /// A condition on every row of a class, wherever the statement and the queries in it read the class by its own
            /// name: of its own class, too, where it changes rows. The condition names columns of that class.
            pub fn with_criteria<C: crate::state::typed::mapped::Mapped>(
                mut self,
                class: crate::query::Entity<C>,
                condition: impl crate::query::Condition,
            ) -> Self {
                let _ = class;
                let said = crate::query::option::ClassCriteria::of(C::class, condition.condition(), false);
                self.0.returning.add_criteria(said);
                self
            }

            /// As [`with_criteria`](Self::with_criteria), also where the class goes by the name of an alias.
            pub fn with_criteria_of_aliases<C: crate::state::typed::mapped::Mapped>(
                mut self,
                class: crate::query::Entity<C>,
                condition: impl crate::query::Condition,
            ) -> Self {
                let _ = class;
                let said = crate::query::option::ClassCriteria::of(C::class, condition.condition(), true);
                self.0.returning.add_criteria(said);
                self
            }

            /// Gives back of each row that it writes what a query would give: an object of the class, columns,
            /// expressions, a tuple of them. Running it then gives these, in no certain order where one statement writes
            /// several rows, and in their own where rows are given.
            ///
            /// An object that the session has already gets what was written.
            pub fn returning<R>(mut self, what: impl crate::query::Selectable<Row = R>) -> crate::query::Returning<R> {
                what.add(&mut self.0.returning);
                crate::query::Returning::new(self.0)
            }
        }
    )*};
}

pub(super) use counts_rows;
