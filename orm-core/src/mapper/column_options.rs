//! The options of columns that are added to a class: of those that are made while the program runs, and of those that are
//! constants.

/// Methods that give a column its options. Of what is made while the program runs texts are kept for the life of the
/// program, as declarations are.
macro_rules! column_options {
    ($text:ty, $keep:path $(, $const:tt)?) => {
        /// The default in DDL, as SQL.
        #[must_use]
        pub $($const)? fn server_default(mut self, sql: $text) -> Self {
            self.decl.server_default = Some($keep(sql));
            self
        }

        /// A trigger makes its value for a new row that isn't given one.
        #[must_use]
        pub $($const)? fn fetched_default(mut self) -> Self {
            self.decl.made.on_insert = true;
            self
        }

        /// The database changes it whenever the row is updated, as by a trigger.
        #[must_use]
        pub $($const)? fn server_onupdate(mut self) -> Self {
            self.decl.made.on_update = true;
            self
        }

        /// It is computed of other columns, by an expression of SQL, when it is read; or when the row is written, and stored.
        #[must_use]
        pub $($const)? fn computed(mut self, sql: $text, stored: bool) -> Self {
            self.decl.made.computed = Some($crate::declare::ComputedDecl { sql: $keep(sql), stored });
            self
        }

        /// What the database makes of it is read back within the flush.
        #[must_use]
        pub $($const)? fn eager(mut self) -> Self {
            self.decl.is_eager = true;
            self
        }

        /// It isn't loaded with its object, but when it is first read.
        #[must_use]
        pub $($const)? fn deferred(mut self) -> Self {
            self.decl.deferred = Some($crate::declare::DeferredDecl { group: None, raises: false });
            self
        }

        /// Deferred; the columns of a class that name the same group are loaded together.
        #[must_use]
        pub $($const)? fn deferred_group(mut self, group: $text) -> Self {
            self.decl.deferred =
                Some($crate::declare::DeferredDecl { group: Some($keep(group)), raises: false });
            self
        }

        /// Deferred; reading it where it isn't loaded is an error.
        #[must_use]
        pub $($const)? fn deferred_raiseload(mut self) -> Self {
            self.decl.deferred = Some($crate::declare::DeferredDecl { group: None, raises: true });
            self
        }

        /// What it held is loaded when it is set.
        #[must_use]
        pub $($const)? fn active_history(mut self) -> Self {
            self.decl.active_history = true;
            self
        }

        /// What is said of it for people; databases without comments have none of it.
        #[must_use]
        pub $($const)? fn comment(mut self, comment: $text) -> Self {
            self.decl.comment = Some($keep(comment));
            self
        }

        /// What the user's own code says of it.
        #[must_use]
        pub $($const)? fn info(mut self, info: $text) -> Self {
            self.decl.info = Some($keep(info));
            self
        }

        /// Its place in the table: columns with smaller numbers stand before others, which have 0.
        #[must_use]
        pub $($const)? fn sort_order(mut self, place: i32) -> Self {
            self.decl.sort_order = place;
            self
        }
    };
}

pub(crate) use column_options;
