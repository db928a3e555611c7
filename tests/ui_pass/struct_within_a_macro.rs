//! A struct that stands in a macro, with fields that whoever calls it names: what the derive calls its own values isn't
//! among the names of either.

use orm::prelude::*;

macro_rules! class {
    ($class:ident in $registry:ident: $($(#[$of:meta])* $field:ident: $type:ty,)* ; $(#[$attr:meta] $relation:ident: $leads:ty,)*) => {
        #[derive(Mapped, Debug)]
        #[mapped(registry = $registry)]
        pub struct $class {
            #[column(primary_key)]
            pub id: i64,
            $($(#[$of])* pub $field: $type,)*
            $(#[$attr] pub $relation: $leads,)*
        }
    };
}

orm::registry!(Books);

class!(Author in Books: name: String, born: Option<i64>, ; #[relationship(back_populates = "author")] books: Many<Book>,);
class!(
    Book in Books: title: String, value: i64, source: Option<String>, #[column(foreign_key = Author::id)] author_id: Option<i64>, ;
    #[relationship(back_populates = "books")] author: Option<One<Author>>,
);

fn main() -> orm::Result<()> {
    let engine = orm::sqlite::Engine::in_memory()?;
    Books::create_all(&engine)?;
    let session = Session::new(&engine);
    let author = session.add(Author::builder().name("Ann").books([Book::builder().title("One").value(3)]))?;
    session.commit()?;
    assert_eq!(author.books().get(0)?.map(|book| book.value()).transpose()?, Some(3));
    assert_eq!(author.to_value()?.name, "Ann");
    Ok(())
}
