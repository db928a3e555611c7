//! Classes by late names: by parts of paths in every argument, of several modules and of another crate.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, Related, Value};
use tests::elsewhere::catalogue::{Book, Shelves};
use tests::{Db, show};

/// Reviews of books, by readers. There is a `Review` in the other crate too.
pub mod reviews {
    use orm::AnyClass;
    use orm::prelude::*;
    use tests::elsewhere::catalogue::Shelves;

    #[derive(Mapped, Debug)]
    #[mapped(table = "reader_review", registry = Shelves)]
    pub struct Review {
        #[column(primary_key)]
        pub id: i64,
        pub stars: i64,
        pub book_id: i64,
        #[relationship(
            target = "tests::elsewhere::catalogue::Book",
            back_populates = "reviews",
            primaryjoin = "Book.id == foreign(names.reviews.Review.book_id)"
        )]
        pub book: One<AnyClass>,
        #[relationship(
            target = "Reader",
            secondary = "Opinion",
            back_populates = "reviews",
            order_by = "Reader.id"
        )]
        pub readers: Many<AnyClass>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Shelves)]
    pub struct Reader {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(
            target = "reviews.Review",
            secondary = "names::reviews::Opinion",
            primaryjoin = "Reader.id == opinion.c.reader_id",
            secondaryjoin = "reviews.Opinion.review_id == reviews.Review.id",
            back_populates = "readers"
        )]
        pub reviews: Many<AnyClass>,
        #[column(foreign_key = Reader::id)]
        pub friend_id: Option<i64>,
        #[relationship(remote_side = "configure.names.reviews.Reader.id")]
        pub friend: Option<One<Reader>>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Shelves)]
    pub struct Opinion {
        #[column(primary_key, foreign_key = Review::id)]
        pub review_id: i64,
        #[column(primary_key, foreign_key = Reader::id)]
        pub reader_id: i64,
    }
}
use reviews::{Reader, Review};

#[test]
fn classes_of_two_crates_in_every_argument() {
    let db = Db::empty();
    Shelves::create_all(&db.engine).unwrap();
    let session = db.session();
    let book = session.add(Book::builder().title("Emma")).unwrap();
    for stars in [3, 5] {
        let review = Review::builder().stars(stars).into_obj().unwrap();
        book.reviews().append(&review).unwrap();
        review.readers().append(Reader::builder()).unwrap();
    }
    session.commit().unwrap();
    db.sql();
    let reviews = book.reviews().iter().unwrap().collect::<Vec<_>>();
    let stars: Vec<Value> = reviews.iter().map(|review| review.get("stars").unwrap()).collect();
    assert_eq!(stars, [Value::Int(5), Value::Int(3)]);
    assert_eq!(reviews[0].related("book").unwrap(), Related::One(Some(Obj::any(&book))));
    let reader = session.get_one::<Reader>(2).unwrap();
    assert_eq!(reader.reviews().iter().unwrap().collect::<Vec<_>>(), reviews[..1]);
    expect![[r#"
        SELECT "id", "title" FROM "book" WHERE "id" = ? [1]
        SELECT "reader_review"."id", "reader_review"."stars", "reader_review"."book_id" FROM "reader_review" WHERE ? = "reader_review"."book_id" ORDER BY "reader_review"."stars" DESC [1]
        SELECT "id", "friend_id" FROM "reader" WHERE "id" = ? [2]
        SELECT "reader_review"."id", "reader_review"."stars", "reader_review"."book_id" FROM "reader_review", "opinion" WHERE ? = "opinion"."reader_id" AND "opinion"."review_id" = "reader_review"."id" [2]
    "#]]
    .assert_eq(&db.sql());
}

#[test]
fn conditions_are_read_and_printed() {
    let told = |class: &str, name: &str| {
        let relationship = Shelves::mapper(class).unwrap().relationship(name).unwrap();
        let secondary = relationship.secondaryjoin().map(|join| format!("; {join}"));
        format!("{}{}\n", relationship.primaryjoin(), secondary.unwrap_or_default())
    };
    let all = [("Book", "reviews"), ("reviews.Review", "book"), ("Reader", "reviews"), ("Reader", "friend")];
    expect![[r#"
        book.id = reader_review.book_id
        book.id = reader_review.book_id
        reader.id = opinion.reader_id; opinion.review_id = reader_review.id
        reader.id = reader.friend_id
    "#]]
    .assert_eq(&all.map(|(class, name)| told(class, name)).concat());
    let columns = |class: &str, name: &str| -> Vec<String> {
        let relationship = Shelves::mapper(class).unwrap().relationship(name).unwrap();
        let columns = relationship.primaryjoin().columns();
        let told = columns.iter().map(|column| {
            let marks = [(column.is_remote, " remote"), (column.is_foreign, " foreign")];
            let marks = marks.map(|(is, word)| if is { word } else { "" });
            format!("{column}{}", marks.concat())
        });
        told.collect()
    };
    assert_eq!(columns("Book", "reviews"), ["book.id", "reader_review.book_id remote foreign"]);
    assert_eq!(columns("reviews.Review", "book"), ["book.id remote", "reader_review.book_id foreign"]);
    assert_eq!(columns("Reader", "friend"), ["reader.id remote", "reader.friend_id foreign"]);
    assert_eq!(columns("Reader", "reviews"), ["reader.id", "opinion.reader_id remote foreign"]);
    expect!["[unknown-attribute] `Reader.reviws`: no such attribute; help: did you mean `reviews`?"]
        .assert_eq(&show(Shelves::mapper("Reader").unwrap().relationship("reviws").map(|_| ())));
}

/// Two classes that only their tables tell apart.
mod twice {
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Twice
    );

    const _: () = {
        #[derive(Mapped)]
        #[mapped(registry = Twice, table = "first")]
        struct Twin {
            #[column(primary_key)]
            id: i64,
        }
    };

    const _: () = {
        #[derive(Mapped)]
        #[mapped(registry = Twice, table = "second")]
        struct Twin {
            #[column(primary_key)]
            id: i64,
        }
    };
}

#[test]
fn two_classes_of_one_name_in_one_module() {
    twice::Twice::configure().unwrap();
    expect!["[ambiguous-name] several mapped classes are called `twice::Twin`; help: they stand in one module, `configure::names::twice`: give one of them another name"].assert_eq(&show(twice::Twice::mapper("twice::Twin")));
}

/// Names that mean nothing, or several things, in every argument.
mod wrong {
    use orm::AnyClass;
    use orm::prelude::*;

    orm::registry!(
        /// Full of mistakes.
        pub Wrong
    );

    pub mod one {
        use orm::prelude::*;

        #[derive(Mapped)]
        #[mapped(registry = super::Wrong, table = "one_item")]
        pub struct Item {
            #[column(primary_key)]
            pub id: i64,
            pub list_id: i64,
        }
    }

    pub mod two {
        use orm::prelude::*;

        #[derive(Mapped)]
        #[mapped(registry = super::Wrong, table = "two_item")]
        pub struct Item {
            #[column(primary_key)]
            pub id: i64,
            pub list_id: i64,
        }
    }

    #[derive(Mapped)]
    #[mapped(registry = Wrong)]
    pub struct List {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(target = "Item")]
        pub target_of_two: Many<AnyClass>,
        #[relationship(target = "one::Itm")]
        pub target_near: Many<AnyClass>,
        #[relationship(target = "three::Item")]
        pub target_elsewhere: Many<AnyClass>,
        #[relationship(target = "one::Item", secondary = "Item")]
        pub secondary_of_two: Many<AnyClass>,
        #[relationship(target = "one::Item", secondary = "Itm")]
        pub secondary_near: Many<AnyClass>,
        #[relationship(target = "one::Item", primaryjoin = "List.id == foreign(Item.list_id)")]
        pub join_of_two: Many<AnyClass>,
        #[relationship(target = "one::Item", primaryjoin = "List.id == foreign(one.Item.lst_id)")]
        pub join_no_column: Many<AnyClass>,
        #[relationship(target = "one::Item", primaryjoin = "List.id == foreign(one.Itm.list_id)")]
        pub join_no_class: Many<AnyClass>,
        #[relationship(
            target = "one::Item",
            primaryjoin = "List.join_no_class == foreign(one.Item.list_id)"
        )]
        pub join_relationship: Many<AnyClass>,
        #[relationship(target = "one::Item", primaryjoin = "fake.id == foreign(one.Item.list_id)")]
        pub join_fake: Many<AnyClass>,
        #[relationship(
            target = "one::Item",
            primaryjoin = "List.id == one.Item.list_id",
            foreign_keys = "[three.Item.list_id]"
        )]
        pub keys_elsewhere: Many<AnyClass>,
        #[relationship(
            target = "one::Item",
            primaryjoin = "List.id == foreign(one.Item.list_id)",
            order_by = "Item.id"
        )]
        pub order_of_two: Many<AnyClass>,
        #[relationship(target = "List", remote_side = "[Lst.id]")]
        pub side_near: Option<One<AnyClass>>,
    }
}

#[test]
fn names_that_mean_nothing_or_too_much() {
    let error = wrong::Wrong::configure().unwrap_err();
    assert_eq!(error.code(), Code::Configuration);
    let lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    expect![[r#"
        [ambiguous-name] `List.target_of_two`: several mapped classes are called `Item`; help: write more of the path: `configure::names::wrong::one::Item`, `configure::names::wrong::two::Item`
        [unknown-name] `List.target_near`: no mapped class is called `one::Itm`; help: did you mean `one::Item`?
        [unknown-name] `List.target_elsewhere`: no mapped class is called `three::Item`; help: there is `configure::names::wrong::one::Item`, `configure::names::wrong::two::Item`
        [ambiguous-name] `List.secondary_of_two`: several mapped classes are called `Item`; help: write more of the path: `configure::names::wrong::one::Item`, `configure::names::wrong::two::Item`
        [unknown-name] `List.secondary_near`: no table is called `Itm`; help: declare it with `#[derive(Table)]`
        [ambiguous-name] `List.join_of_two`: `primaryjoin` at character 20, `Item.list_id)`: several mapped classes are called `Item`; help: write more of the path: `configure::names::wrong::one::Item`, `configure::names::wrong::two::Item`
        [unknown-name] `List.join_no_column`: `primaryjoin` at character 20, `one.Item.lst_id)`: `Item` has no column `lst_id`; help: did you mean `list_id`?
        [unknown-name] `List.join_no_class`: `primaryjoin` at character 20, `one.Itm.list_id)`: no mapped class is called `one::Itm`; help: did you mean `one::Item`?
        [join-condition] `List.join_relationship`: `primaryjoin` at character 1, `List.join_no_class == fo...`: `List.join_no_class` is a relationship; help: name the columns that it goes by
        [unknown-name] `List.join_fake`: `primaryjoin` at character 1, `fake.id == foreign(one.I...`: no mapped class is called `fake`; help: derive `Mapped` for it, in the same registry
        [unknown-name] `List.keys_elsewhere`: `foreign_keys` at character 2, `three.Item.list_id]`: no mapped class is called `three::Item`; help: there is `configure::names::wrong::one::Item`, `configure::names::wrong::two::Item`
        [ambiguous-name] `List.order_of_two`: `order_by` at character 1, `Item.id`: several mapped classes are called `Item`; help: write more of the path: `configure::names::wrong::one::Item`, `configure::names::wrong::two::Item`
        [unknown-name] `List.side_near`: `remote_side` at character 2, `Lst.id]`: no mapped class is called `Lst`; help: did you mean `List`?
    "#]].assert_eq(&lines.concat());
}

mod large {
    //! Collections that are too large to load, of a class that is named by a text.

    use orm::prelude::*;
    use orm::{AnyClass, Dynamic, WriteOnly};

    orm::registry!(
        /// These classes.
        pub Large
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Large)]
    pub struct Place {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(target = "large::Visit", order_by = "Visit.id", back_populates = "place")]
        pub visits: Dynamic<AnyClass>,
        #[relationship(target = "Lamp")]
        pub lamps: WriteOnly<AnyClass>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Large)]
    pub struct Visit {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Place::id)]
        pub place_id: i64,
        #[relationship(back_populates = "visits")]
        pub place: One<Place>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Large)]
    pub struct Lamp {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Place::id)]
        pub place_id: Option<i64>,
    }
}

/// What a text names has no type that a query could be of, so a collection that is a query is read by its name, at once.
#[test]
fn large_collections_of_a_class_by_its_name() {
    use large::{Lamp, Large, Place, Visit};
    let db = Db::empty();
    Large::create_all(&db.engine).unwrap();
    let session = db.session();
    let place = session.add(Place::builder()).unwrap();
    let visit = session.add(Visit::builder()).unwrap();
    place.visits().append(&visit).unwrap();
    let lamp = session.add(Lamp::builder()).unwrap();
    place.lamps().add(&lamp).unwrap();
    session.commit().unwrap();
    assert_eq!(visit.place().unwrap(), place);
    db.sql();
    let told = |name: &str| match Obj::any(&place).related(name) {
        Ok(Related::Many(items)) => format!("{items:?}"),
        other => show(other),
    };
    let lamps = Large::mapper("Place").unwrap().relationship("lamps").unwrap();
    let by_name = select(lamps.target().entity()).filter(lamps.of_parent(&Obj::any(&place)));
    let by_name = session.scalars(by_name).unwrap().all().unwrap();
    let by_type = select(Lamp).filter(with_parent(&place, Place::lamps));
    assert_eq!(session.scalars(by_type).unwrap().all().unwrap(), [lamp]);
    expect![[r#"
        [Visit#1]
        [raise-on-load] `Place.lamps`: the collection is never loaded as a whole; help: select its items: `with_parent`, or `of_parent` by names, is their condition
        [Lamp#1]
        SELECT "lamp"."id", "lamp"."place_id" FROM "lamp" WHERE ? = "lamp"."place_id" [1]
        SELECT "lamp"."id", "lamp"."place_id" FROM "lamp" WHERE ? = "lamp"."place_id" [1]
        SELECT "visit"."id", "visit"."place_id" FROM "visit" WHERE ? = "visit"."place_id" ORDER BY "visit"."id" [1]
    "#]].assert_eq(&format!("{}\n{}\n{by_name:?}\n{}", told("visits"), told("lamps"), db.sql()));
}
