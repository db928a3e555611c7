//! The options of relationships that are added to a class: of those that are made while the program runs, and of those that
//! are constants.

/// Methods that give a relationship its options. Of what is made while the program runs texts are kept for the life of the
/// program, as declarations are.
macro_rules! relation_options {
    ($text:ty, $keep:path $(, $const:tt)?) => {
        /// The reverse relationship on the other class.
        #[must_use]
        pub $($const)? fn back_populates(mut self, name: $text) -> Self {
            self.decl.back_populates = Some($keep(name));
            self
        }

        /// The reverse side doesn't lead back: a change of it isn't made here.
        #[must_use]
        pub $($const)? fn one_way(mut self) -> Self {
            self.decl.one_way = true;
            self
        }

        /// The association table, by its name or that of its class.
        #[must_use]
        pub $($const)? fn secondary(mut self, table: $text) -> Self {
            self.decl.secondary = $crate::declare::SecondaryDecl::Named($keep(table));
            self
        }

        /// The condition between the class and the target, or the association table, in SQLAlchemy's spelling.
        #[must_use]
        pub $($const)? fn primaryjoin(mut self, condition: $text) -> Self {
            self.decl.primaryjoin = Some($crate::declare::ConditionDecl::Text($keep(condition)));
            self
        }

        /// The condition between the association table and the target, in SQLAlchemy's spelling.
        #[must_use]
        pub $($const)? fn secondaryjoin(mut self, condition: $text) -> Self {
            self.decl.secondaryjoin = Some($crate::declare::ConditionDecl::Text($keep(condition)));
            self
        }

        /// The condition between the class and the target, or the association table, by a typed expression:
        /// `orm::condition!(User::id.eq(Address::user_id))`.
        #[must_use]
        pub $($const)? fn primaryjoin_typed(mut self, condition: $crate::declare::ConditionDecl) -> Self {
            self.decl.primaryjoin = Some(condition);
            self
        }

        /// The condition between the association table and the target, by a typed expression:
        /// `orm::condition!(Tag::id.eq(PostTag::tag_id))`.
        #[must_use]
        pub $($const)? fn secondaryjoin_typed(mut self, condition: $crate::declare::ConditionDecl) -> Self {
            self.decl.secondaryjoin = Some(condition);
            self
        }

        /// The columns that hold a key: `"Address.user_id"`, or several in brackets.
        #[must_use]
        pub $($const)? fn foreign_keys(mut self, columns: $text) -> Self {
            self.decl.foreign_keys_text = Some($keep(columns));
            self
        }

        /// The columns of the other side, of a class that leads to itself: `"Node.id"`, or several in brackets.
        #[must_use]
        pub $($const)? fn remote_side(mut self, columns: $text) -> Self {
            self.decl.remote_side_text = Some($keep(columns));
            self
        }

        /// The order of the collection: `"desc(Address.email)"`, or several in brackets.
        #[must_use]
        pub $($const)? fn order_by(mut self, terms: $text) -> Self {
            self.decl.order_by = Some($crate::declare::OrderDecl::Text($keep(terms)));
            self
        }

        /// The order of the collection, by typed terms: `orm::order!(Address::email.desc(), Address::id)`.
        #[must_use]
        pub $($const)? fn order_by_typed(mut self, terms: $crate::declare::OrderDecl) -> Self {
            self.decl.order_by = Some(terms);
            self
        }

        /// What the user's own code says of it.
        #[must_use]
        pub $($const)? fn info(mut self, info: $text) -> Self {
            self.decl.info = Some($keep(info));
            self
        }

        /// It is only read: a flush doesn't write what it leads to.
        #[must_use]
        pub $($const)? fn viewonly(mut self) -> Self {
            self.decl.viewonly = true;
            self.decl.cascade = $crate::declare::Cascade::MERGE;
            self
        }

        /// The cascades.
        #[must_use]
        pub $($const)? fn cascade(mut self, cascade: $crate::declare::Cascade) -> Self {
            self.decl.cascade = cascade;
            self
        }

        /// What a deletion leaves to the database.
        #[must_use]
        pub $($const)? fn passive_deletes(mut self, passive: $crate::declare::PassiveDeletes) -> Self {
            self.decl.passive_deletes = passive;
            self
        }

        /// The foreign key is written by an `UPDATE` of its own: after the rows are inserted, before they are deleted.
        #[must_use]
        pub $($const)? fn post_update(mut self) -> Self {
            self.decl.post_update = true;
            self
        }

        /// Whether the database changes the rows that refer to one whose key is changed, as it does unless this says
        /// `false`: then the flush does.
        #[must_use]
        pub $($const)? fn passive_updates(mut self, passive: bool) -> Self {
            self.decl.passive_updates = passive;
            self
        }

        /// When it is loaded.
        #[must_use]
        pub $($const)? fn lazy(mut self, lazy: $crate::declare::Lazy) -> Self {
            self.decl.lazy = lazy;
            self
        }

        /// An object may have only one parent by it at a time.
        #[must_use]
        pub $($const)? fn single_parent(mut self) -> Self {
            self.decl.single_parent = true;
            self
        }

        /// It is loaded of a new object in a session too, by what that holds of keys.
        #[must_use]
        pub $($const)? fn load_on_pending(mut self) -> Self {
            self.decl.load_on_pending = true;
            self
        }

        /// The relationships that write the same columns on purpose.
        #[must_use]
        pub $($const)? fn overlaps(mut self, names: &'static [&'static str]) -> Self {
            self.decl.overlaps = names;
            self
        }
    };
}

pub(crate) use relation_options;

/// A text that lives as long as the program, as all that a mapping is made of does.
pub(crate) fn kept(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

/// A text of a constant stays as it is.
pub(crate) const fn as_is(text: &'static str) -> &'static str {
    text
}
