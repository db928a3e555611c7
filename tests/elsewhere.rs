//! Classes of another crate than the test's: what the test adds to their registry names them by their paths, and they name
//! what isn't there before the test adds it.

/// The catalogue of a library.
pub mod catalogue {
    use orm::AnyClass;
    use orm::prelude::*;

    orm::registry!(
        /// Classes of two crates.
        pub Shelves
    );

    /// A book, whose reviews are mapped by another crate.
    #[derive(Mapped, Debug)]
    #[mapped(registry = Shelves)]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        pub title: String,
        #[relationship(
            target = "reviews::Review",
            back_populates = "book",
            primaryjoin = "elsewhere.Book.id == reviews.Review.book_id",
            foreign_keys = "reviews.Review.book_id",
            order_by = "desc(names.reviews.Review.stars)"
        )]
        pub reviews: Many<AnyClass>,
    }

    /// A review by a newspaper.
    #[derive(Mapped, Debug)]
    #[mapped(table = "press_review", registry = Shelves)]
    pub struct Review {
        #[column(primary_key)]
        pub id: i64,
        pub text: String,
    }
}

/// A struct of another crate, which knows nothing of databases.
pub mod plain {
    /// A song.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Song {
        /// Its number.
        pub id: i64,
        /// What it is called.
        pub title: String,
        /// How long it is.
        pub seconds: Option<i64>,
    }
}
