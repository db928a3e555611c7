//! Arguments of relationships as texts, in SQLAlchemy's spelling.

use expect_test::expect;
use tests::{Db, each_way};

mod blog {
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Texts
    );

    #[derive(Mapped, Debug)]
    #[mapped(table = "person", registry = Texts)]
    pub struct Person {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[relationship(
            primaryjoin = "and_(Person.id == foreign(Letter.writer_id), Letter.town.in_(['Boston', 'Rome']), ~(Letter.town == None))",
            order_by = "[desc(Letter.town), Letter.id.asc()]",
            overlaps = "writer"
        )]
        pub letters: Many<Letter>,
        #[relationship(foreign_keys = "[Letter.reader_id]", order_by = "letter.c.id")]
        pub received: Many<Letter>,
        #[relationship(
            secondary = "friendship",
            primaryjoin = "Person.id == friendship.c.one",
            secondaryjoin = "blog.Person.id == friendship.c.other",
            order_by = "Person.id"
        )]
        pub friends: Many<Person>,
        /// Those below, by their paths.
        #[relationship(
            primaryjoin = "foreign(remote(Letter.town)).like(cast(Person.name, String(50)) + '%')",
            viewonly,
            order_by = "Letter.id"
        )]
        pub towns: Many<Letter>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(table = "letter", registry = Texts)]
    pub struct Letter {
        #[column(primary_key)]
        pub id: i64,
        pub town: Option<String>,
        pub writer_id: Option<i64>,
        #[column(foreign_key = Person::id)]
        pub reader_id: Option<i64>,
        #[relationship(primaryjoin = "Letter.writer_id == Person.id", foreign_keys = "Letter.writer_id")]
        pub writer: Option<One<Person>>,
        #[column(foreign_key = Letter::id)]
        pub answer_id: Option<i64>,
        #[relationship(remote_side = "Letter.id")]
        pub answer: Option<One<Letter>>,
    }

    #[derive(Table)]
    #[mapped(table = "friendship", registry = Texts)]
    pub struct Friendship {
        #[column(primary_key, foreign_key = Person::id)]
        pub one: i64,
        #[column(primary_key, foreign_key = Person::id)]
        pub other: i64,
    }
}
use blog::{Letter, Person, Texts};

fn mail() -> Db {
    let db = Db::empty();
    Texts::create_all(&db.engine).unwrap();
    db.run("INSERT INTO person VALUES (1, 'Bo'), (2, 'R')");
    db.run(
        "INSERT INTO letter VALUES (1, 'Boston', 1, 2, NULL), (2, 'Rome', 1, 2, 1), (3, 'Oslo', 1, 1, NULL), (4, NULL, 2, NULL, 3)",
    );
    db.run("INSERT INTO friendship VALUES (1, 2), (2, 1), (1, 1)");
    db.sql();
    db
}

/// The first lines of what each way of loading tells: the objects, and the statement of a join.
fn head(told: &str) -> String {
    told.lines().take_while(|line| *line != "-- selectin").map(|line| format!("{line}\n")).collect()
}

#[test]
fn conditions_orders_and_columns() {
    let db = mail();
    let told = head(&each_way!(Person, letters, db))
        + &head(&each_way!(Person, received, db))
        + &head(&each_way!(Person, friends, db))
        + &head(&each_way!(Person, towns, db))
        + &head(&each_way!(Letter, writer, db))
        + &head(&each_way!(Letter, answer, db));
    expect![[r#"
        Person#1(letters: [Letter#2, Letter#1])
        Person#2(letters: [])
        -- joined
        SELECT "person"."id", "person"."name", "letter_1"."id", "letter_1"."town", "letter_1"."writer_id", "letter_1"."reader_id", "letter_1"."answer_id" FROM "person" LEFT JOIN "letter" AS "letter_1" ON "person"."id" = "letter_1"."writer_id" AND "letter_1"."town" IN (?, ?) AND "letter_1"."town" IS NOT NULL ORDER BY "person"."id", "letter_1"."town" DESC, "letter_1"."id" ['Boston', 'Rome']
        Person#1(received: [Letter#3])
        Person#2(received: [Letter#1, Letter#2])
        -- joined
        SELECT "person"."id", "person"."name", "letter_1"."id", "letter_1"."town", "letter_1"."writer_id", "letter_1"."reader_id", "letter_1"."answer_id" FROM "person" LEFT JOIN "letter" AS "letter_1" ON "person"."id" = "letter_1"."reader_id" ORDER BY "person"."id", "letter_1"."id"
        Person#1(friends: [Person#1, Person#2(friends: [Person#1])])
        Person#2(friends: [Person#1(friends: [Person#1, Person#2])])
        -- joined
        SELECT "person"."id", "person"."name", "person_2"."id", "person_2"."name" FROM "person" LEFT JOIN ("friendship" AS "friendship_1" JOIN "person" AS "person_2" ON "person_2"."id" = "friendship_1"."other") ON "person"."id" = "friendship_1"."one" ORDER BY "person"."id", "person_2"."id"
        Person#1(towns: [Letter#1])
        Person#2(towns: [Letter#2])
        -- joined
        SELECT "person"."id", "person"."name", "letter_1"."id", "letter_1"."town", "letter_1"."writer_id", "letter_1"."reader_id", "letter_1"."answer_id" FROM "person" LEFT JOIN "letter" AS "letter_1" ON "letter_1"."town" LIKE CAST("person"."name" AS TEXT) || ? ORDER BY "person"."id", "letter_1"."id" ['%']
        Letter#1(writer: Person#1)
        Letter#2(writer: Person#1)
        Letter#3(writer: Person#1)
        Letter#4(writer: Person#2)
        -- joined
        SELECT "letter"."id", "letter"."town", "letter"."writer_id", "letter"."reader_id", "letter"."answer_id", "person_1"."id", "person_1"."name" FROM "letter" LEFT JOIN "person" AS "person_1" ON "letter"."writer_id" = "person_1"."id" ORDER BY "letter"."id"
        Letter#1(answer: none)
        Letter#2(answer: Letter#1(answer: none))
        Letter#3(answer: none)
        Letter#4(answer: Letter#3(answer: none))
        -- joined
        SELECT "letter"."id", "letter"."town", "letter"."writer_id", "letter"."reader_id", "letter"."answer_id", "letter_1"."id", "letter_1"."town", "letter_1"."writer_id", "letter_1"."reader_id", "letter_1"."answer_id" FROM "letter" LEFT JOIN "letter" AS "letter_1" ON "letter_1"."id" = "letter"."answer_id" ORDER BY "letter"."id"
    "#]].assert_eq(&told);
}

/// What a text says is written as what an expression says.
#[test]
fn a_text_tells_what_is_written() {
    let db = mail();
    let session = db.session();
    let person = session.get::<Person>(2).unwrap().unwrap();
    person.letters().append(Letter::builder().town("Oslo")).unwrap();
    session.commit().unwrap();
    expect![[r#"
        SELECT "id", "name" FROM "person" WHERE "id" = ? [2]
        SELECT "letter"."id", "letter"."town", "letter"."writer_id", "letter"."reader_id", "letter"."answer_id" FROM "letter" WHERE ? = "letter"."writer_id" AND "letter"."town" IN (?, ?) AND "letter"."town" IS NOT NULL ORDER BY "letter"."town" DESC, "letter"."id" [2, 'Boston', 'Rome']
        INSERT INTO "letter" ("town", "writer_id", "reader_id", "answer_id") VALUES (?, ?, ?, ?) ['Oslo', 2, NULL, NULL]
    "#]].assert_eq(&db.sql());
}

mod wrong {
    use orm::prelude::*;

    orm::registry!(
        /// Classes whose texts have mistakes.
        pub Wrong
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(primaryjoin = "Owner.id == Pett.owner_id")]
        pub class: Many<Pet>,
        #[relationship(primaryjoin = "Owner.id == Pet.ownerid")]
        pub column: Many<Pet>,
        #[relationship(primaryjoin = "Owner.pets == Pet.owner_id")]
        pub relationship: Many<Pet>,
        #[relationship(primaryjoin = "Owner.id == pets.c.owner_id")]
        pub table: Many<Pet>,
        #[relationship(primaryjoin = "Owner.id == pet.c.owner")]
        pub table_column: Many<Pet>,
        #[relationship(primaryjoin = "ans_(Owner.id == Pet.owner_id)")]
        pub function: Many<Pet>,
        #[relationship(primaryjoin = "Owner.id.lik(Pet.owner_id)")]
        pub method: Many<Pet>,
        #[relationship(primaryjoin = "cast(Owner.id, Strin) == Pet.owner_id")]
        pub ty: Many<Pet>,
        #[relationship(primaryjoin = "desc(Owner.id)")]
        pub order: Many<Pet>,
        #[relationship(order_by = "Pet.id.desc(")]
        pub order_by: Many<Pet>,
        #[relationship(foreign_keys = "Pet.owner_id == 1")]
        pub foreign_keys: Many<Pet>,
        #[relationship(primaryjoin = "Pet")]
        pub no_column: Many<Pet>,
        #[relationship(primaryjoin = "Owner.id.op('; DROP TABLE pet')(Pet.owner_id)")]
        pub operator: Many<Pet>,
        #[relationship]
        pub pets: Many<Pet>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Wrong)]
    pub struct Pet {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Owner::id)]
        pub owner_id: i64,
    }
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let error = wrong::Wrong::configure().unwrap_err();
    let mut lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    lines.sort();
    expect![[r#"
        [join-condition] `Owner.foreign_keys`: `foreign_keys` at character 1, `Pet.owner_id == 1`: something else than a column; help: write `Class.attribute`
        [join-condition] `Owner.function`: `primaryjoin` at character 1, `ans_(Owner.id == Pet.own...`: there is no function `ans_`; help: did you mean `and_`?
        [join-condition] `Owner.method`: `primaryjoin` at character 1, `Owner.id.lik(Pet.owner_i...`: an expression has no method `lik`; help: did you mean `like`?
        [join-condition] `Owner.no_column`: `primaryjoin` at character 1, `Pet`: a name that is no column; help: write `Class.attribute` or `table.c.column`
        [join-condition] `Owner.operator`: `primaryjoin` at character 1, `Owner.id.op('; DROP TABL...`: `; DROP TABLE pet` is no operator; help: write a word or a sign
        [join-condition] `Owner.order_by`: `order_by` at its end: an expression is missing; help: write a column or a value
        [join-condition] `Owner.order`: `primaryjoin` at character 1, `desc(Owner.id)`: `desc` says an order; help: an order stands in `order_by`
        [join-condition] `Owner.relationship`: `primaryjoin` at character 1, `Owner.pets == Pet.owner_...`: `Owner.pets` is a relationship; help: name the columns that it goes by
        [join-condition] `Owner.ty`: `primaryjoin` at character 16, `Strin) == Pet.owner_id`: there is no type `Strin`; help: did you mean `String`?
        [unknown-name] `Owner.class`: `primaryjoin` at character 13, `Pett.owner_id`: no mapped class is called `Pett`; help: did you mean `Pet`?
        [unknown-name] `Owner.column`: `primaryjoin` at character 13, `Pet.ownerid`: `Pet` has no column `ownerid`; help: did you mean `owner_id`?
        [unknown-name] `Owner.table_column`: `primaryjoin` at character 13, `pet.c.owner`: `pet` has no column `owner`; help: did you mean `owner_id`?
        [unknown-name] `Owner.table`: `primaryjoin` at character 13, `pets.c.owner_id`: no table is called `pets`; help: did you mean `pet`?
    "#]].assert_eq(&(lines.join("\n") + "\n"));
}
