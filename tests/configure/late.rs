//! What other modules add to classes: by constants with types, and by names while the program runs.

use std::thread;

use expect_test::expect;
use orm::mapper::{LateColumn, LateRelationship, NewColumn, NewRelationship};
use orm::prelude::*;
use orm::{Code, Related, Value};
use tests::{Db, code, show};

/// Classes that know nothing of what is added to them.
mod people {
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub People
    );

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = People)]
    pub struct Person {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Mapped, Debug, Default)]
    #[mapped(registry = People)]
    pub struct Letter {
        #[column(primary_key)]
        pub id: i64,
        pub text: String,
    }
}
use people::{Letter, People, Person};

static SENDER_ID: LateColumn<Letter, Option<i64>> = LateColumn::new("sender_id").foreign_key(Person::id);
static NICKNAME: LateColumn<Person, Option<String>> = LateColumn::new("nickname").in_database("nick");
static RANK: LateColumn<Person, i64> = LateColumn::new("rank").server_default("7");
static SENDER: LateRelationship<Letter, Option<One<Person>>> =
    LateRelationship::new("sender").back_populates("sent");
static SENT: LateRelationship<Person, Many<Letter>> =
    LateRelationship::new("sent").back_populates("sender").order_by("desc(Letter.text)");
/// Never added.
static NOWHERE: LateRelationship<Person, Many<Letter>> = LateRelationship::new("nowhere");

orm::late!(People: SENDER_ID, NICKNAME, RANK, SENDER, SENT);

#[test]
fn constants_with_types_are_used_as_declared_attributes() {
    let db = Db::empty();
    People::create_all(&db.engine).unwrap();
    let session = db.session();
    let ann = session.add(Person::builder().name("ann")).unwrap();
    NICKNAME.set(&ann, Some("a".into())).unwrap();
    for text in ["x", "y"] {
        SENT.of(&ann).append(Letter::builder().text(text)).unwrap();
    }
    let other = session.add(Letter::builder().text("z")).unwrap();
    SENDER.set(&other, &ann).unwrap();
    assert_eq!(SENT.of(&ann).len().unwrap(), 3, "the other side follows");
    session.commit().unwrap();
    assert_eq!((RANK.get(&ann).unwrap(), NICKNAME.get(&ann).unwrap()), (7, Some("a".into())));
    assert_eq!(SENDER_ID.get(&other).unwrap(), Some(1));
    db.sql();
    let texts: Vec<String> = SENT.of(&ann).iter().unwrap().map(|letter| letter.text().unwrap()).collect();
    assert_eq!(texts, ["z", "y", "x"]);
    assert_eq!(SENDER.of(&other).unwrap(), Some(ann.clone()));
    let sent = SENT.relationship();
    let query = select((Person::name, Letter::text))
        .join(sent)
        .filter(NICKNAME.column().unwrap().eq("a"))
        .order_by(Letter::text);
    assert_eq!(session.execute(query).unwrap().all().unwrap().len(), 3);
    session.expire_all().unwrap();
    let found = session.scalars(select(Person).options(selectin(sent))).unwrap().one().unwrap();
    assert_eq!(SENT.of(&found).len().unwrap(), 3);
    let update = orm::update(Person).set(RANK.column().unwrap(), 8).filter(sent.any(Letter::text.eq("x")));
    session.run(update).unwrap();
    assert_eq!(RANK.get(&ann).unwrap(), 8);
    expect![[r#"
        SELECT "letter"."id", "letter"."text", "letter"."sender_id" FROM "letter" WHERE ? = "letter"."sender_id" ORDER BY "letter"."text" DESC [1]
        SELECT "person"."name", "letter"."text" FROM "person" JOIN "letter" ON "person"."id" = "letter"."sender_id" WHERE "person"."nick" = ? ORDER BY "letter"."text" ['a']
        SELECT "person"."id", "person"."name", "person"."nick", "person"."rank" FROM "person"
        SELECT "letter"."id", "letter"."text", "letter"."sender_id" FROM "letter" WHERE ? = "letter"."sender_id" ORDER BY "letter"."text" DESC [1]
        UPDATE "person" SET "rank" = ? WHERE EXISTS (SELECT ? FROM "letter" WHERE "person"."id" = "letter"."sender_id" AND "letter"."text" = ?) RETURNING "person"."id", "person"."rank" [8, 1, 'x']
    "#]].assert_eq(&db.sql());
}

#[test]
fn what_was_not_added_is_an_error() {
    let db = Db::empty();
    People::create_all(&db.engine).unwrap();
    let session = db.session();
    let ann = session.add(Person::builder().name("ann")).unwrap();
    let all = |query: orm::Select<Obj<Person>>| session.scalars(query).and_then(|found| found.all());
    expect![[r#"
        [unknown-attribute] `Person.nowhere`: the relationship isn't added to the class's registry; help: add it by `orm::late!`, or by `add` before the registry is used
        [unknown-attribute] `Person.nowhere`: the relationship isn't added to the class's registry; help: add it by `orm::late!`, or by `add` before the registry is used
        [unknown-attribute] `Person`: the relationship isn't added to the class's registry; help: add it by `orm::late!`, or by `add` before the registry is used
        [unknown-attribute] `Person`: the relationship isn't added to the class's registry; help: add it by `orm::late!`, or by `add` before the registry is used
    "#]].assert_eq(&format!(
        "{}\n{}\n{}\n{}\n",
        show(all(select(Person).filter(NOWHERE.relationship().any(())))),
        show(all(select(Person).options(selectin(NOWHERE.relationship())))),
        show(NOWHERE.of(&ann).len()),
        show(NOWHERE.set(&ann, [Letter::builder()])),
    ));
}

mod pets {
    use orm::func;
    use orm::mapper::{LateColumn, LateRelationship};
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Pets
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Pets)]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        /// Both columns are added to the classes.
        #[relationship(
            primaryjoin = OWNER_ID.expr().foreign().eq(Owner::id).and(AGE.expr().ge(LEAST_AGE.expr())),
            viewonly,
            order_by = AGE.expr().desc()
        )]
        pub old: Many<Pet>,
        /// Within a query, and of the row around it.
        #[relationship(primaryjoin = Owner::id.eq(OWNER_ID.expr().foreign()).and(AGE.expr().eq(greatest())), viewonly)]
        pub oldest: Option<One<Pet>>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Pets)]
    pub struct Pet {
        #[column(primary_key)]
        pub id: i64,
    }

    fn greatest() -> orm::Expr<Option<i64>> {
        select(func::max(AGE.expr())).from(Pet).filter(OWNER_ID.expr().eq(Owner::id)).scalar()
    }

    pub static OWNER_ID: LateColumn<Pet, Option<i64>> = LateColumn::new("owner_id").foreign_key(Owner::id);
    pub static AGE: LateColumn<Pet, i64> = LateColumn::new("age").in_database("years").server_default("1");
    pub static LEAST_AGE: LateColumn<Owner, i64> = LateColumn::new("least_age").server_default("5");
    /// Never added.
    pub static COLOR: LateColumn<Pet, Option<String>> = LateColumn::new("color");
    pub static PETS: LateRelationship<Owner, Many<Pet>> =
        LateRelationship::new("pets").primaryjoin_typed(orm::condition!(OWNER_ID.expr().eq(Owner::id)));

    orm::late!(Pets: OWNER_ID, AGE, LEAST_AGE, PETS);
}

/// A column of a constant stands in conditions and queries as one that is declared, with its type.
#[test]
fn columns_of_constants_in_conditions() {
    use pets::{AGE, COLOR, LEAST_AGE, OWNER_ID, Owner, PETS, Pet, Pets};
    let db = Db::empty();
    Pets::create_all(&db.engine).unwrap();
    let session = db.session();
    let ann = session.add(Owner::builder().name("ann")).unwrap();
    for age in [3, 7, 5] {
        let pet = session.add(Pet::builder()).unwrap();
        AGE.set(&pet, age).unwrap();
        PETS.of(&ann).append(&pet).unwrap();
    }
    session.commit().unwrap();
    db.sql();
    let ids = |pets: Vec<Obj<Pet>>| pets.iter().map(|pet| pet.id().unwrap()).collect::<Vec<_>>();
    assert_eq!(ids(ann.old().iter().unwrap().collect()), [2, 3]);
    assert_eq!(ann.oldest().unwrap().unwrap().id().unwrap(), 2);
    assert_eq!(PETS.of(&ann).len().unwrap(), 3);
    let query = select((Owner::name, AGE.expr()))
        .join(Owner::old)
        .filter(OWNER_ID.expr().eq(Owner::id).and(Owner::id.lt(AGE.expr())))
        .order_by(AGE.expr());
    assert_eq!(
        session.execute(query).unwrap().all().unwrap(),
        [("ann".to_owned(), 5), ("ann".to_owned(), 7)]
    );
    let some = select(Owner).filter(Owner::old.any(AGE.expr().gt(LEAST_AGE.expr())));
    assert_eq!(session.scalars(some).unwrap().all().unwrap(), [ann]);
    expect![[r#"
        SELECT "id", "name", "least_age" FROM "owner" WHERE "id" = ? [1]
        SELECT "pet"."id", "pet"."years", "pet"."owner_id" FROM "pet" WHERE "pet"."owner_id" = ? AND "pet"."years" >= ? ORDER BY "pet"."years" DESC [1, 5]
        SELECT "pet"."id", "pet"."years", "pet"."owner_id" FROM "pet" WHERE ? = "pet"."owner_id" AND "pet"."years" = (SELECT max("pet_1001"."years") FROM "pet" AS "pet_1001" WHERE "pet_1001"."owner_id" = ?) [1, 1]
        SELECT "pet"."id", "pet"."years", "pet"."owner_id" FROM "pet" WHERE "pet"."owner_id" = ? [1]
        SELECT "owner"."name", "pet"."years" FROM "owner" JOIN "pet" ON "pet"."owner_id" = "owner"."id" AND "pet"."years" >= "owner"."least_age" WHERE "pet"."owner_id" = "owner"."id" AND "owner"."id" < "pet"."years" ORDER BY "pet"."years"
        SELECT "owner"."id", "owner"."name", "owner"."least_age" FROM "owner" WHERE EXISTS (SELECT ? FROM "pet" WHERE "pet"."owner_id" = "owner"."id" AND "pet"."years" >= "owner"."least_age" AND "pet"."years" > "owner"."least_age") [1]
    "#]].assert_eq(&db.sql());
    let error = session.scalars(select(Pet).filter(COLOR.expr().eq("red"))).and_then(|found| found.all());
    expect!["[query] `Pet.color`: the column isn't added to the class's registry; add it by `orm::late!`, or by `add` before the registry is used"].assert_eq(&show(error));
}

mod refusing {
    use orm::mapper::LateColumn;
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Refusing
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Refusing)]
    pub struct Owner {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(primaryjoin = Owner::id.eq(OWNER_ID.expr().foreign()))]
        pub pets: Many<Pet>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Refusing)]
    pub struct Pet {
        #[column(primary_key)]
        pub id: i64,
    }

    /// Never added.
    pub static OWNER_ID: LateColumn<Pet, Option<i64>> = LateColumn::new("owner_id");
}

#[test]
fn a_condition_names_a_column_that_was_not_added() {
    let error = refusing::Refusing::configure().unwrap_err();
    expect![[r#"
        [configuration] the mapping has a mistake
          [unknown-name] `Owner.pets`: `pet` has no column `owner_id`; help: a column that stands in a constant is added by `orm::late!`"#]]
    .assert_eq(&error.to_string());
}

mod library {
    use orm::mapper::LateRelationship;
    use orm::prelude::*;
    use orm::{aliased, exists, func};

    orm::registry!(
        /// These classes.
        pub Library
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Library)]
    pub struct Author {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Library)]
    pub struct Book {
        #[column(primary_key)]
        pub id: i64,
        pub author_id: i64,
        pub year: i64,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Library)]
    pub struct Read {
        #[column(primary_key)]
        pub author_id: i64,
        #[column(primary_key)]
        pub book_id: i64,
    }

    pub static BOOKS: LateRelationship<Author, Many<Book>> = LateRelationship::new("books")
        .back_populates("author")
        .primaryjoin_typed(orm::condition!(Author::id.eq(Book::author_id.foreign())))
        .order_by_typed(orm::order!(Book::year.desc(), Book::id));
    /// By a query within.
    pub static LAST: LateRelationship<Author, Option<One<Book>>> = LateRelationship::new("last")
        .primaryjoin_typed(orm::condition!({
            let book = aliased(Book);
            let last = select(func::max(book.of(Book::year))).filter(book.of(Book::author_id).eq(Author::id));
            Author::id.eq(Book::author_id.foreign()).and(Book::year.eq(last.scalar()))
        }))
        .viewonly();
    pub static READ: LateRelationship<Author, Many<Book>> = LateRelationship::new("read_books")
        .secondary("Read")
        .primaryjoin_typed(orm::condition!(Author::id.eq(Read::author_id)))
        .secondaryjoin_typed(orm::condition!(
            Book::id.eq(Read::book_id).and(exists(select(Author).filter(Author::id.eq(Book::author_id))))
        ))
        .order_by_typed(orm::order!(Book::id));

    orm::late!(Library: BOOKS, LAST, READ);
}

#[test]
fn typed_conditions_of_constants() {
    use library::{Author, BOOKS, Book, LAST, Library, READ};
    Library::add_relationship(
        "Book",
        orm::mapper::NewRelationship::one("author", "Author")
            .primaryjoin_typed(orm::condition!(Author::id.eq(Book::author_id.foreign())))
            .back_populates("books"),
    )
    .unwrap();
    let db = Db::empty();
    Library::create_all(&db.engine).unwrap();
    let session = db.session();
    let ann = session.add(Author::builder()).unwrap();
    for year in [1, 3, 2] {
        BOOKS.of(&ann).append(Book::builder().year(year)).unwrap();
    }
    READ.of(&ann).append(BOOKS.of(&ann).get(1).unwrap().unwrap()).unwrap();
    session.commit().unwrap();
    session.expire_all().unwrap();
    db.sql();
    let years: Vec<i64> = BOOKS.of(&ann).iter().unwrap().map(|book| book.year().unwrap()).collect();
    assert_eq!(years, [3, 2, 1]);
    assert_eq!(LAST.of(&ann).unwrap().unwrap().year().unwrap(), 3);
    assert_eq!(READ.of(&ann).len().unwrap(), 1);
    let with = select(Author).filter(READ.relationship().any(Book::year.eq(3)));
    assert_eq!(session.scalars(with).unwrap().all().unwrap(), [ann]);
    expect![[r#"
        SELECT "id" FROM "author" WHERE "id" = ? [1]
        SELECT "book"."id", "book"."author_id", "book"."year" FROM "book" WHERE ? = "book"."author_id" ORDER BY "book"."year" DESC, "book"."id" [1]
        SELECT "book"."id", "book"."author_id", "book"."year" FROM "book" WHERE ? = "book"."author_id" AND "book"."year" = (SELECT max("book_1001"."year") FROM "book" AS "book_1001" WHERE "book_1001"."author_id" = ?) [1, 1]
        SELECT "book"."id", "book"."author_id", "book"."year" FROM "book", "read" WHERE ? = "read"."author_id" AND "book"."id" = "read"."book_id" AND EXISTS (SELECT "author_1001"."id" FROM "author" AS "author_1001" WHERE "author_1001"."id" = "book"."author_id") ORDER BY "book"."id" [1]
        SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT ? FROM "book", "read" WHERE "author"."id" = "read"."author_id" AND "book"."id" = "read"."book_id" AND EXISTS (SELECT "author_1001"."id" FROM "author" AS "author_1001" WHERE "author_1001"."id" = "book"."author_id") AND "book"."year" = ?) [1, 3]
    "#]].assert_eq(&db.sql());
}

mod slow {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use orm::Select;
    use orm::prelude::*;

    orm::registry!(
        /// These classes.
        pub Slow
    );

    #[derive(Mapped, Debug)]
    #[mapped(registry = Slow)]
    pub struct Machine {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(rows = rows(), viewonly)]
        pub parts: Many<Part>,
    }

    #[derive(Mapped, Debug)]
    #[mapped(registry = Slow)]
    pub struct Part {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Machine::id)]
        pub machine_id: i64,
    }

    pub static IS_RIGHT: AtomicBool = AtomicBool::new(false);

    /// Wrong at first, and known to be that after a while.
    fn rows() -> Select<Obj<Part>> {
        std::thread::sleep(Duration::from_millis(50));
        match IS_RIGHT.load(Ordering::SeqCst) {
            true => select(Part),
            false => select(Part).filter(Machine::id.eq(1)),
        }
    }
}

#[test]
fn a_mapping_whose_queries_are_wrong_is_nobodys_and_its_registry_stays_open() {
    use orm::mapper::NewRelationship;
    use slow::{IS_RIGHT, Slow};
    let errors: Vec<Code> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|number| {
                scope.spawn(move || {
                    std::thread::sleep(std::time::Duration::from_millis(number * 20));
                    Slow::mapper("Machine").map(|_| ()).unwrap_err().code()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(errors, [Code::Configuration; 4]);
    Slow::add_relationship("Part", NewRelationship::one("machine", "Machine")).unwrap();
    IS_RIGHT.store(true, std::sync::atomic::Ordering::SeqCst);
    Slow::configure().unwrap();
    assert!(Slow::mapper("Part").unwrap().relationship("machine").is_ok());
    let late = Slow::add_relationship("Part", NewRelationship::one("other", "Machine"));
    assert_eq!(late.unwrap_err().code(), Code::Configured);
}

/// A registry for each test that adds to it.
macro_rules! classes {
    ($module:ident, $registry:ident) => {
        mod $module {
            use orm::prelude::*;

            orm::registry!(
                /// These classes.
                pub $registry
            );

            #[derive(Mapped, Debug, Default)]
            #[mapped(registry = $registry)]
            pub struct Team {
                #[column(primary_key)]
                pub id: i64,
                pub name: String,
            }

            #[derive(Mapped, Debug, Default)]
            #[mapped(registry = $registry)]
            pub struct Player {
                #[column(primary_key)]
                pub id: i64,
                pub name: String,
            }
        }
    };
}

classes!(run_time, RunTime);

#[test]
fn names_that_are_added_while_the_program_runs() {
    use run_time::{Player, RunTime, Team};
    // What comes first names what comes later.
    let players = NewRelationship::many("players", "Player").back_populates("team").order_by("Player.name");
    RunTime::add_relationship("Team", players).unwrap();
    let team = NewRelationship::optional("team", "run_time::Team").back_populates("players");
    RunTime::add_relationship("Player", team).unwrap();
    let number = NewColumn::of::<Option<i64>>("number").index();
    RunTime::add_column("late::run_time::Player", number).unwrap();
    let key = NewColumn::of::<Option<i64>>("team_id").foreign_key("team.id");
    RunTime::add_column("Player", key).unwrap();
    RunTime::add_column("Team", NewColumn::of::<Option<String>>("town").in_database("city").unique())
        .unwrap();

    let db = Db::empty();
    RunTime::create_all(&db.engine).unwrap();
    expect![[r#"
        CREATE TABLE "team" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL,
            "city" TEXT,
            UNIQUE ("city")
        )
        CREATE TABLE "player" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "name" TEXT NOT NULL,
            "number" INTEGER,
            "team_id" INTEGER,
            FOREIGN KEY ("team_id") REFERENCES "team" ("id")
        )
        CREATE INDEX "ix_player_number" ON "player" ("number")
        CREATE INDEX "ix_player_team_id" ON "player" ("team_id")
    "#]]
    .assert_eq(
        &db.sql()
            .lines()
            .filter(|line| !line.starts_with("SELECT"))
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    );
    let session = db.session();
    let team = session.add(Team::builder().name("A")).unwrap();
    Obj::any(&team).set("town", &Value::Text("Rome".into())).unwrap();
    for (name, number) in [("z", 1), ("y", 2)] {
        let player = session.add(Player::builder().name(name)).unwrap();
        Obj::any(&player).set("number", &Value::Int(number)).unwrap();
        Obj::any(&team).collection("players").unwrap().append(&player).unwrap();
    }
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT name, number, team_id FROM player"), "'z'|1|1\n'y'|2|1\n");
    let Related::Many(players) = Obj::any(&team).related("players").unwrap() else { panic!("a list") };
    let names: Vec<Value> = players.iter().map(|player| player.get("name").unwrap()).collect();
    assert_eq!(names, [Value::Text("y".into()), Value::Text("z".into())]);

    // From now on nothing can be added.
    let again = || NewRelationship::many("again", "Player");
    expect![[r#"
        [configured] `Team.again`: the registry is configured, and takes nothing more; help: add it before the first use of a class: before `configure`, `create_all`, queries and objects
        [configured] `Team.late`: the registry is configured, and takes nothing more; help: add it before the first use of a class: before `configure`, `create_all`, queries and objects
        [configured] `Person.nowhere`: the registry is configured, and takes nothing more; help: add it before the first use of a class: before `configure`, `create_all`, queries and objects
    "#]].assert_eq(&format!(
        "{}\n{}\n{}\n",
        show(RunTime::add_relationship("Team", again())),
        show(RunTime::add_column("Team", NewColumn::of::<i64>("late"))),
        show(People::configure().and_then(|()| People::add(&NOWHERE))),
    ));
}

classes!(threads, Threads);

#[test]
fn two_threads_add_and_one_mapping_comes_of_it() {
    use threads::{Player, Threads};
    let adding: Vec<_> = (0..2)
        .map(|thread| {
            thread::spawn(move || {
                for number in 0..20 {
                    let name = format!("c_{thread}_{number}");
                    Threads::add_column("Player", NewColumn::of::<Option<i64>>(&name)).unwrap();
                }
            })
        })
        .collect();
    adding.into_iter().for_each(|thread| thread.join().unwrap());
    // Whoever comes late is told so, and nothing is lost.
    let racing: Vec<_> = (0..4)
        .map(|thread| {
            thread::spawn(move || match thread % 2 {
                0 => Threads::configure().map(|()| 0),
                _ => Threads::add_column("Team", NewColumn::of::<Option<i64>>(&format!("t_{thread}")))
                    .map(|()| 1),
            })
        })
        .collect();
    let mut added = 0;
    for thread in racing {
        match thread.join().unwrap() {
            Ok(count) => added += count,
            Err(error) => assert_eq!(error.code(), Code::Configured),
        }
    }
    let count = |class: &str| Threads::mapper(class).unwrap().columns().len();
    assert_eq!((count("Player"), count("Team")), (42, 2 + added));
    let names: Vec<&str> =
        Threads::mapper("Player").unwrap().columns().iter().map(|column| column.attribute()).collect();
    assert!(names[2..].is_sorted(), "the order doesn't depend on who comes first: {names:?}");
    let db = Db::empty();
    Threads::create_all(&db.engine).unwrap();
    let session = db.session();
    let player = session.add(Player::builder().name("x")).unwrap();
    Obj::any(&player).set("c_1_19", &Value::Int(5)).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("SELECT c_0_0, c_1_19 FROM player"), "NULL|5\n");
}

classes!(wrong, Wrong);

#[test]
fn mistakes_are_told_when_the_registry_is_configured_and_can_be_mended() {
    use wrong::Wrong;
    let key = NewColumn::of::<i64>("team_id");
    expect![[r#"
        [bad-table] `Player.x`: `team` names no column of a table; help: write `"table.column"`
        [bad-table] `Player.x`: a class that is mapped has its primary key already; help: remove `primary_key`
        [bad-table] `Player.team_id`: `on_delete` without a foreign key; help: call `foreign_key` before it
    "#]]
    .assert_eq(&format!(
        "{}\n{}\n{}\n",
        show(Wrong::add_column("Player", NewColumn::of::<i64>("x").foreign_key("team"))),
        show(Wrong::add_column("Player", NewColumn::of::<i64>("x").primary_key())),
        show(Wrong::add_column("Player", key.on_delete(orm::mapper::ReferentialAction::Cascade))),
    ));
    Wrong::add_relationship("Teem", NewRelationship::many("a", "Player")).unwrap();
    Wrong::add_relationship("Team", NewRelationship::many("b", "Plyer")).unwrap();
    Wrong::add_relationship("Team", NewRelationship::many("name", "Player")).unwrap();
    Wrong::add_relationship("Team", NewRelationship::many("c", "Player")).unwrap();
    for _ in 0..2 {
        Wrong::add_column("Team", NewColumn::of::<Option<i64>>("twice")).unwrap();
        Wrong::add_relationship(
            "Player",
            NewRelationship::many("d", "Team").viewonly().primaryjoin("Team.idd == 1"),
        )
        .unwrap();
    }
    let error = Wrong::configure().unwrap_err();
    let lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    expect![[r#"
        [bad-option] `Team.twice`: the class has an attribute of that name already; help: give what is added another name
        [unknown-name] `Teem.a`: no mapped class is called `Teem`; help: did you mean `Team`?
        [bad-option] `Player.d`: the class has an attribute of that name already; help: give what is added another name
        [bad-option] `Team.name`: the class has an attribute of that name already; help: give what is added another name
        [unknown-name] `Player.d`: `primaryjoin` at character 1, `Team.idd == 1`: `Team` has no column `idd`; help: did you mean `id`?
        [unknown-name] `Team.b`: no mapped class is called `Plyer`; help: did you mean `Player`?
        [join-condition] `Team.c`: no foreign key joins `Team` and `Player`; help: add `#[column(foreign_key = Team::id)]` to a field of `Player`, or give the condition by `primaryjoin`
    "#]].assert_eq(&lines.concat());
    // What failed is open still: this is the key that `c` needs.
    Wrong::add_column("Player", NewColumn::of::<Option<i64>>("team_id").foreign_key("team.id")).unwrap();
    let error = Wrong::configure().unwrap_err();
    assert!(error.causes().iter().all(|cause| cause.attribute() != Some("c")), "{error}");
    assert_eq!(code(Wrong::mapper("Team")), Code::Configuration);
}

classes!(loaded, Loaded);

mod said {
    //! Constants that say how they are loaded, and what is known of a change.

    use super::loaded::{Loaded, Player, Team};
    use orm::mapper::{InnerJoin, LateColumn, LateRelationship};
    use orm::prelude::*;

    pub static TEAM_ID: LateColumn<Player, Option<i64>> = LateColumn::new("team_id").foreign_key(Team::id);
    pub static TEAM: LateRelationship<Player, Option<One<Team>>> =
        LateRelationship::new("team").back_populates("players").lazy(orm::Lazy::Joined).active_history();
    pub static PLAYERS: LateRelationship<Team, Many<Player>> =
        LateRelationship::new("players").back_populates("team").sync_backref(false).omit_join(false);
    pub static WHOLE: LateRelationship<Team, Option<One<Team>>> = LateRelationship::new("whole")
        .back_populates("parts")
        .remote_side("Team.id")
        .lazy(orm::Lazy::Joined)
        .innerjoin(InnerJoin::Unnested)
        .join_depth(2);
    orm::late!(Loaded: TEAM_ID, TEAM, PLAYERS, WHOLE);
}

#[test]
fn how_an_added_relationship_is_loaded_and_changed() {
    use loaded::{Loaded, Player, Team};
    use said::{PLAYERS, TEAM, WHOLE};
    Loaded::add_column("Team", NewColumn::of::<Option<i64>>("whole_id").foreign_key("team.id")).unwrap();
    let parts = NewRelationship::many("parts", "Team").back_populates("whole");
    Loaded::add_relationship("Team", parts.lazy(orm::Lazy::SelectIn).join_depth(1)).unwrap();
    let parts_later =
        || Loaded::mapper("Team").unwrap().relationship("parts").unwrap().load(orm::Lazy::Select);
    let db = Db::empty();
    Loaded::create_all(&db.engine).unwrap();
    db.run("INSERT INTO team VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 2), (4, 'd', 3)");
    db.run("INSERT INTO player VALUES (1, 'x', 1), (2, 'y', 2)");
    db.sql();

    // Below an outer join it is an outer one, else an inner one, so far as was said.
    let session = db.session();
    let players = session.scalars(select(Player).order_by(Player::id)).unwrap().all().unwrap();
    assert_eq!(players.len(), 2);
    let teams = session.scalars(select(Team).order_by(Team::id)).unwrap().all().unwrap();
    assert_eq!(teams.iter().map(|team| team.id().unwrap()).collect::<Vec<_>>(), [3, 4]);
    expect![[r#"
        SELECT "player"."id", "player"."name", "player"."team_id", "team_1"."id", "team_1"."name", "team_1"."whole_id", "team_2"."id", "team_2"."name", "team_2"."whole_id" FROM "player" LEFT JOIN "team" AS "team_1" ON "team_1"."id" = "player"."team_id" LEFT JOIN "team" AS "team_2" ON "team_2"."id" = "team_1"."whole_id" ORDER BY "player"."id"
        SELECT "team"."id", "team"."name", "team"."whole_id", "team_1"."id", "team_1"."name", "team_1"."whole_id", "team_2"."id", "team_2"."name", "team_2"."whole_id" FROM "team" JOIN "team" AS "team_1" ON "team_1"."id" = "team"."whole_id" JOIN "team" AS "team_2" ON "team_2"."id" = "team_1"."whole_id" ORDER BY "team"."id"
        SELECT "team"."id", "team"."name", "team"."whole_id", "team_1"."id", "team_1"."name", "team_1"."whole_id", "team_2"."id", "team_2"."name", "team_2"."whole_id" FROM "team" JOIN "team" AS "team_1" ON "team_1"."id" = "team"."whole_id" JOIN "team" AS "team_2" ON "team_2"."id" = "team_1"."whole_id" WHERE "team"."whole_id" IN (SELECT +value FROM json_each(?)) ['[3,4]']
    "#]].assert_eq(&db.sql());

    // The collection is read with its class's own table.
    let session = db.session();
    let query = select(Team).filter(Team::id.le(2)).order_by(Team::id);
    let query = query.options((
        lazy(WHOLE.relationship()),
        parts_later(),
        selectin(PLAYERS.relationship()).lazy(TEAM.relationship()),
    ));
    let teams = session.scalars(query).unwrap().all().unwrap();
    expect![[r#"
        SELECT "team"."id", "team"."name", "team"."whole_id" FROM "team" WHERE "team"."id" <= ? ORDER BY "team"."id" [2]
        SELECT "player"."id", "player"."name", "player"."team_id", "team_1"."id" FROM "team" AS "team_1" JOIN "player" ON "team_1"."id" = "player"."team_id" WHERE "team_1"."id" IN (SELECT +value FROM json_each(?)) ['[1,2]']
    "#]].assert_eq(&db.sql());

    // The other side isn't told of what is put into the collection.
    let y = PLAYERS.of(&teams[1]).get(0).unwrap().unwrap();
    PLAYERS.of(&teams[0]).append(&y).unwrap();
    assert_eq!(TEAM.of(&y).unwrap(), Some(teams[1].clone()));

    // What was there is loaded, also where the session loads no such thing by itself.
    let session = Session::with_config(&db.engine, orm::SessionConfig::default().active_history(false));
    let x = session.get_with::<Player>(1, lazy(TEAM.relationship())).unwrap().unwrap();
    db.sql();
    TEAM.set(&x, None).unwrap();
    expect![[r#"
        SELECT "team"."id", "team"."name", "team"."whole_id", "team_1"."id", "team_1"."name", "team_1"."whole_id", "team_2"."id", "team_2"."name", "team_2"."whole_id" FROM "team" JOIN "team" AS "team_1" ON "team_1"."id" = "team"."whole_id" JOIN "team" AS "team_2" ON "team_2"."id" = "team_1"."whole_id" WHERE "team"."id" = ? [1]
    "#]].assert_eq(&db.sql());
}

classes!(unfit, Unfit);

#[test]
fn options_that_do_not_fit_an_added_relationship() {
    use unfit::{Player, Team, Unfit};
    static CROWD: LateRelationship<Team, orm::Dynamic<Player>> =
        LateRelationship::new("crowd").join_depth(2).viewonly();
    static MASS: LateRelationship<Team, orm::WriteOnly<Player>> =
        LateRelationship::new("mass").innerjoin(orm::mapper::InnerJoin::Unnested).viewonly();
    Unfit::add_column("Player", NewColumn::of::<Option<i64>>("team_id").foreign_key("team.id")).unwrap();
    Unfit::add(&CROWD).unwrap();
    Unfit::add(&MASS).unwrap();
    let add = |relationship| Unfit::add_relationship("Team", relationship).unwrap();
    let players = |name| NewRelationship::many(name, "Player");
    add(players("read").viewonly().active_history());
    add(players("alone").sync_backref(false));
    add(players("synced").viewonly().back_populates("team").sync_backref(true));
    Unfit::add_relationship("Player", NewRelationship::optional("team", "Team").back_populates("synced"))
        .unwrap();
    let error = Unfit::configure().unwrap_err();
    let mut lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    lines.sort();
    expect![[r#"
        [bad-option] `Team.alone`: `sync_backref` is about a reverse side, and there is none; help: add `back_populates`
        [bad-option] `Team.crowd`: the collection is never loaded; help: remove what says how, `lazy` and the like
        [bad-option] `Team.mass`: the collection is never loaded; help: remove what says how, `lazy` and the like
        [bad-option] `Team.read`: `active_history` is for what a flush writes, and this is only read (`viewonly`); help: remove `active_history`
        [bad-option] `Team.synced`: no change of what is only read (`viewonly`) reaches its reverse side; help: remove `sync_backref`
    "#]].assert_eq(&lines.concat());
}
