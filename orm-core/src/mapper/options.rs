//! The options of relationships and columns that are added to a class: of those that are made while the program runs, and of
//! those that are constants.

/// Methods that set what a declaration says. They are constant where the brackets hold `const`.
macro_rules! options {
    ($const:tt $($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),*) { $($set:tt)+ })+) => {
        $($crate::mapper::option! { $const $(#[$doc])* fn $name($($arg: $ty),*) { $($set)+ } })+
    };
}

/// One of them.
macro_rules! option {
    ([$($const:tt)?] $(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),*) {
        $($($field:ident).+ = $value:expr;)+
    }) => {
        $(#[$doc])*
        #[must_use]
        pub $($const)? fn $name(mut self $(, $arg: $ty)*) -> Self {
            $(self.decl.$($field).+ = $value;)+
            self
        }
    };
}

/// Methods that give a relationship its options. Of what is made while the program runs texts are kept for the life of the
/// program, as declarations are.
macro_rules! relation_options {
    ($text:ty, $keep:path $(, $const:tt)?) => {
        $crate::mapper::options! { [$($const)?]
            /// The reverse relationship on the other class.
            fn back_populates(name: $text) { back_populates = Some($keep(name)); }
            /// The reverse side doesn't lead back: a change of it isn't made here.
            fn one_way() { one_way = true; }
            /// The association table, by its name or that of its class.
            fn secondary(table: $text) { secondary = $crate::declare::SecondaryDecl::Named($keep(table)); }
            /// The condition between the class and the target, or the association table, in SQLAlchemy's spelling.
            fn primaryjoin(condition: $text) {
                primaryjoin = Some($crate::declare::ConditionDecl::Text($keep(condition)));
            }
            /// The condition between the association table and the target, in SQLAlchemy's spelling.
            fn secondaryjoin(condition: $text) {
                secondaryjoin = Some($crate::declare::ConditionDecl::Text($keep(condition)));
            }
            /// The condition between the class and the target, or the association table, by a typed expression:
            /// `orm::condition!(User::id.eq(Address::user_id))`.
            fn primaryjoin_typed(condition: $crate::declare::ConditionDecl) {
                primaryjoin = Some(condition);
            }
            /// The condition between the association table and the target, by a typed expression:
            /// `orm::condition!(Tag::id.eq(PostTag::tag_id))`.
            fn secondaryjoin_typed(condition: $crate::declare::ConditionDecl) {
                secondaryjoin = Some(condition);
            }
            /// The columns that hold a key: `"Address.user_id"`, or several in brackets.
            fn foreign_keys(columns: $text) { foreign_keys_text = Some($keep(columns)); }
            /// The columns of the other side, of a class that leads to itself: `"Node.id"`, or several in brackets.
            fn remote_side(columns: $text) { remote_side_text = Some($keep(columns)); }
            /// The order of the collection: `"desc(Address.email)"`, or several in brackets.
            fn order_by(terms: $text) { order_by = Some($crate::declare::OrderDecl::Text($keep(terms))); }
            /// The order of the collection, by typed terms: `orm::order!(Address::email.desc(), Address::id)`.
            fn order_by_typed(terms: $crate::declare::OrderDecl) { order_by = Some(terms); }
            /// What the user's own code says of it.
            fn info(info: $text) { info = Some($keep(info)); }
            /// It is only read: a flush doesn't write what it leads to.
            fn viewonly() {
                viewonly = true;
                cascade = $crate::declare::Cascade::MERGE;
            }
            /// The cascades.
            fn cascade(cascade: $crate::declare::Cascade) { cascade = cascade; }
            /// What a deletion leaves to the database.
            fn passive_deletes(passive: $crate::declare::PassiveDeletes) { passive_deletes = passive; }
            /// The foreign key is written by an `UPDATE` of its own: after the rows are inserted, before they are deleted.
            fn post_update() { post_update = true; }
            /// Whether the database changes the rows that refer to one whose key is changed, as it does unless this says
            /// `false`: then the flush does.
            fn passive_updates(passive: bool) { passive_updates = passive; }
            /// When it is loaded.
            fn lazy(lazy: $crate::declare::Lazy) { lazy = lazy; }
            /// How many steps an eager `lazy` is followed round a circle, as in a class of itself.
            fn join_depth(steps: u16) { join_depth = Some(steps); }
            /// Which join a joined load makes.
            fn innerjoin(join: $crate::declare::InnerJoin) { inner_join = join; }
            /// Whether loading for many objects may leave out their table where the condition allows it, as it does unless
            /// this says `false`.
            fn omit_join(omit: bool) { omit_join = omit; }
            /// What a to-one relationship led to is loaded when it is replaced.
            fn active_history() { active_history = true; }
            /// Whether a change is made on the reverse side in memory, as it is unless this says `false`.
            fn sync_backref(sync: bool) { sync_backref = Some(sync); }
            /// An object may have only one parent by it at a time.
            fn single_parent() { single_parent = true; }
            /// It is loaded of a new object in a session too, by what that holds of keys.
            fn load_on_pending() { load_on_pending = true; }
            /// The relationships that write the same columns on purpose.
            fn overlaps(names: &'static [&'static str]) { overlaps = names; }
        }
    };
}

/// Methods that give a column its options, as [`relation_options`] do.
macro_rules! column_options {
    ($text:ty, $keep:path $(, $const:tt)?) => {
        $crate::mapper::options! { [$($const)?]
            /// The default in DDL, as SQL.
            fn server_default(sql: $text) { server_default = Some($keep(sql)); }
            /// A trigger makes its value for a new row that isn't given one.
            fn fetched_default() { made.on_insert = true; }
            /// The database changes it whenever the row is updated, as by a trigger.
            fn server_onupdate() { made.on_update = true; }
            /// It is computed of other columns, by an expression of SQL, when it is read; or when the row is written, and stored.
            fn computed(sql: $text, stored: bool) {
                made.computed = Some($crate::declare::ComputedDecl { sql: $keep(sql), stored });
            }
            /// What the database makes of it is read back within the flush.
            fn eager() { is_eager = true; }
            /// It isn't loaded with its object, but when it is first read.
            fn deferred() { deferred = Some($crate::declare::DeferredDecl { group: None, raises: false }); }
            /// Deferred; the columns of a class that name the same group are loaded together.
            fn deferred_group(group: $text) {
                deferred = Some($crate::declare::DeferredDecl { group: Some($keep(group)), raises: false });
            }
            /// Deferred; reading it where it isn't loaded is an error.
            fn deferred_raiseload() {
                deferred = Some($crate::declare::DeferredDecl { group: None, raises: true });
            }
            /// What it held is loaded when it is set.
            fn active_history() { active_history = true; }
            /// What is said of it for people; databases without comments have none of it.
            fn comment(comment: $text) { comment = Some($keep(comment)); }
            /// What the user's own code says of it.
            fn info(info: $text) { info = Some($keep(info)); }
            /// Its place in the table: columns with smaller numbers stand before others, which have 0.
            fn sort_order(place: i32) { sort_order = place; }
        }
    };
}

pub(crate) use {column_options, option, options, relation_options};

/// A text that lives as long as the program, as all that a mapping is made of does.
pub(crate) fn kept(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

/// A text of a constant stays as it is.
pub(crate) const fn as_is(text: &'static str) -> &'static str {
    text
}
