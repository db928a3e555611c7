//! Configuration: what only names show wrong is reported all at once; names are resolved by parts of paths;
//! registries are apart; tables are created and dropped in order.

mod column_options;
mod conditions;
mod ddl;
mod escalation;
mod indexes;
mod keys_by_name;
mod late;
mod late_functions;
mod mistakes;
mod names;
mod passive;
mod remote;
mod schemas;
mod tables;

use expect_test::expect;
use orm::Code;
use tests::models::Models;
use tests::{Db, code, show};

/// Mistakes of every kind in one registry.
mod wrong {
    pub mod one {
        use orm::AnyClass;
        use orm::prelude::*;

        orm::registry!(
            /// Full of mistakes.
            pub Wrong
        );

        orm::registry!(
            /// Another one.
            pub Elsewhere
        );

        #[derive(Mapped)]
        #[mapped(registry = Elsewhere)]
        pub struct Stranger {
            #[column(primary_key)]
            pub id: i64,
        }

        #[derive(Mapped)]
        #[mapped(registry = Wrong)]
        pub struct Post {
            #[column(primary_key)]
            pub id: i64,
            #[column(foreign_key = "userr.id")]
            pub misspelt_table: i64,
            #[column(foreign_key = "user.idd")]
            pub misspelt_column: i64,
            #[column(foreign_key = "user.id")]
            pub other_type: String,
            #[column(foreign_key = "user.id")]
            pub user_id: i64,
            #[relationship(target = "Usr")]
            pub near_miss: One<AnyClass>,
            #[relationship(target = "Quite::Other")]
            pub nothing_near: One<AnyClass>,
            #[relationship(target = "two::User")]
            pub wrong_path: One<AnyClass>,
            #[relationship(target = "Twin")]
            pub ambiguous: Option<One<AnyClass>>,
            #[relationship(target = "Tag", secondary = "post_tags")]
            pub misspelt_secondary: Many<AnyClass>,
            #[relationship(target = "Tag", secondary = "keyless")]
            pub keyless_secondary: Many<AnyClass>,
            #[relationship(target = "Tag")]
            pub unjoined: Many<AnyClass>,
            #[relationship(target = "User", foreign_keys = "post.user_id", back_populates = "post")]
            pub reverse_near_miss: One<AnyClass>,
            #[relationship(target = "User", foreign_keys = "post.user_id", back_populates = "id")]
            pub reverse_is_a_column: One<AnyClass>,
            #[relationship(target = "User", foreign_keys = "post.user_id", back_populates = "loner")]
            pub reverse_leads_elsewhere: One<AnyClass>,
            #[relationship(target = "User", foreign_keys = "post.user_id")]
            pub many_over_own_key: Many<AnyClass>,
            #[relationship(target = "User", foreign_keys = "post.id")]
            pub no_such_key: One<AnyClass>,
            #[relationship(target = "Tag", secondary = "post_tag", cascade = "all, delete-orphan")]
            pub shared_orphans: Many<AnyClass>,
            #[relationship(target = "Post", remote_side = "post.user_id")]
            pub no_self_join: Option<One<AnyClass>>,
        }

        #[derive(Mapped)]
        #[mapped(registry = Wrong)]
        pub struct User {
            #[column(primary_key)]
            pub id: i64,
            #[column(foreign_key = "tag.id")]
            pub tag_id: Option<i64>,
            #[relationship(target = "Post", foreign_keys = "post.user_id")]
            pub posts: Many<AnyClass>,
            #[relationship(target = "Tag")]
            pub loner: Option<One<AnyClass>>,
            #[relationship(target = "Stranger")]
            pub other_registry: Many<AnyClass>,
        }

        #[derive(Mapped)]
        #[mapped(registry = Wrong)]
        pub struct Tag {
            #[column(primary_key)]
            pub id: i64,
        }

        #[derive(Table)]
        #[mapped(registry = Wrong)]
        pub struct PostTag {
            #[column(primary_key, foreign_key = Post::id)]
            pub post_id: i64,
            #[column(primary_key, foreign_key = Tag::id)]
            pub tag_id: i64,
        }

        #[derive(Table)]
        #[mapped(registry = Wrong)]
        pub struct Keyless {
            #[column(primary_key, foreign_key = Post::id)]
            pub post_id: i64,
        }

        #[derive(Mapped)]
        #[mapped(registry = Wrong, table = "tag")]
        pub struct SecondTag {
            #[column(primary_key)]
            pub id: i64,
        }

        #[derive(Mapped)]
        #[mapped(registry = Wrong, table = "twin_one")]
        pub struct Twin {
            #[column(primary_key)]
            pub id: i64,
        }
    }

    pub mod three {
        use orm::prelude::*;

        #[derive(Mapped)]
        #[mapped(registry = super::one::Wrong, table = "twin_two")]
        pub struct Twin {
            #[column(primary_key)]
            pub id: i64,
        }
    }
}

#[test]
fn every_mistake_at_once() {
    let error = wrong::one::Wrong::configure().unwrap_err();
    assert_eq!(error.code(), Code::Configuration);
    let mut lines: Vec<String> = error.causes().iter().map(ToString::to_string).collect();
    lines.sort();
    expect![[r#"
        [ambiguous-name] `Post.ambiguous`: several mapped classes are called `Twin`; help: write more of the path: `configure::wrong::one::Twin`, `configure::wrong::three::Twin`
        [bad-option] `Post.many_over_own_key`: the foreign key `Post::user_id` is on this side, so there is one `User` at most; help: write `One<User>`, or move the foreign key to `User`
        [bad-option] `Post.shared_orphans`: "delete-orphan" where a `Tag` may have several parents (many to many); help: remove it, or add `single_parent` if each `Tag` has only one parent
        [bad-option] `User.posts`: it writes `post.user_id`, as `Post.reverse_near_miss` and `Post.reverse_is_a_column` and `Post.reverse_leads_elsewhere` do; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "reverse_near_miss, reverse_is_a_column, reverse_leads_elsewhere"`
        [bad-table] `Tag`: the table `tag` is declared twice; help: give one of them another name by `#[mapped(table = "...")]`
        [join-condition] `Post.keyless_secondary`: the association table, `keyless`, has no foreign key to `Tag`; help: add `#[column(foreign_key = Tag::id)]` to a field of it, or give the conditions by `primaryjoin` and `secondaryjoin`
        [join-condition] `Post.no_self_join`: no foreign key joins `Post` and `Post`; help: add `#[column(foreign_key = Post::id)]` to a field of `Post`, or give the condition by `primaryjoin`
        [join-condition] `Post.no_such_key`: `foreign_keys` is no foreign key between `Post` and `User`; help: write `foreign_keys = Post::misspelt_column` or `Post::other_type` or `Post::user_id`
        [join-condition] `Post.other_type`: the foreign key is a `String`, but `user.id` is a `i64`; help: give both the same type
        [join-condition] `Post.unjoined`: no foreign key joins `Post` and `Tag`; help: add `#[column(foreign_key = Post::id)]` to a field of `Tag`, or give the condition by `primaryjoin`
        [reverse-side] `Post.reverse_is_a_column`: `back_populates` names `User.id`, which is a column; help: name a relationship of `User`
        [reverse-side] `Post.reverse_leads_elsewhere`: `User.loner` leads to `Tag`; help: the reverse side of `Post.reverse_leads_elsewhere` leads back to it
        [reverse-side] `Post.reverse_near_miss`: `back_populates` names `User.post`, which isn't there; help: did you mean `posts`?
        [unknown-name] `Post.misspelt_column`: the foreign key references `user.idd`, which isn't there; help: did you mean `user.id`?
        [unknown-name] `Post.misspelt_secondary`: no table is called `post_tags`; help: did you mean `post_tag`?
        [unknown-name] `Post.misspelt_table`: no table is called `userr`; help: did you mean `user`?
        [unknown-name] `Post.near_miss`: no mapped class is called `Usr`; help: did you mean `User`?
        [unknown-name] `Post.nothing_near`: no mapped class is called `Quite::Other`; help: derive `Mapped` for it, in the same registry
        [unknown-name] `Post.wrong_path`: no mapped class is called `two::User`; help: there is `configure::wrong::one::User`
        [unknown-name] `User.other_registry`: no mapped class is called `Stranger`; help: derive `Mapped` for it, in the same registry
    "#]].assert_eq(&(lines.join("\n") + "\n"));
    let codes: Vec<Code> = error.causes().iter().map(orm::Error::code).collect();
    for kind in [
        Code::UnknownName,
        Code::AmbiguousName,
        Code::JoinCondition,
        Code::ReverseSide,
        Code::BadOption,
        Code::BadTable,
    ] {
        assert!(codes.contains(&kind), "{kind}");
    }
}

#[test]
fn a_registry_with_mistakes_does_nothing() {
    let db = Db::empty();
    let session = db.session();
    assert_eq!(code(wrong::one::Wrong::create_all(&db.engine)), Code::Configuration);
    assert_eq!(code(session.get::<wrong::one::Tag>(1)), Code::Configuration);
    assert_eq!(code(session.add(wrong::one::Tag::builder())), Code::Configuration);
    assert_eq!(code(session.scalars(orm::select(wrong::one::Tag))), Code::Configuration);
    assert_eq!(code(wrong::one::Wrong::configure()), Code::Configuration, "again");
    assert_eq!(db.statements(), 0);
    // The other one isn't touched by that.
    wrong::one::Elsewhere::create_all(&db.engine).unwrap();
    session.add(wrong::one::Stranger::builder()).unwrap();
    session.commit().unwrap();
}

/// Names by full and partial paths.
mod paths {
    use orm::AnyClass;
    use orm::prelude::*;

    orm::registry!(
        /// Names that are found.
        pub Paths
    );

    pub mod blog {
        pub mod models {
            use orm::AnyClass;
            use orm::prelude::*;

            #[derive(Mapped)]
            #[mapped(registry = super::super::Paths, table = "blog_entry")]
            pub struct Entry {
                #[column(primary_key)]
                pub id: i64,
                #[column(foreign_key = "writer.id")]
                pub writer_id: Option<i64>,
                #[relationship(target = "Writer", back_populates = "by_part")]
                pub writer: Option<One<AnyClass>>,
                #[relationship(target = "Label", secondary = "labelled", back_populates = "entries")]
                pub labels: Many<AnyClass>,
            }
        }
    }

    pub mod diary {
        pub mod models {
            use orm::AnyClass;
            use orm::prelude::*;

            #[derive(Mapped)]
            #[mapped(registry = super::super::Paths, table = "diary_entry")]
            pub struct Entry {
                #[column(primary_key)]
                pub id: i64,
                #[column(foreign_key = "writer.id")]
                pub writer_id: Option<i64>,
                #[relationship(target = "paths::Writer", back_populates = "by_full_path")]
                pub writer: Option<One<AnyClass>>,
            }
        }
    }

    #[derive(Mapped)]
    #[mapped(registry = Paths)]
    pub struct Writer {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(target = "blog::Entry", back_populates = "writer")]
        pub by_part: Many<AnyClass>,
        #[relationship(target = "paths::diary::models::Entry", back_populates = "writer")]
        pub by_full_path: Many<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Paths)]
    pub struct Label {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(target = "blog::models::Entry", secondary = "labelled", back_populates = "labels")]
        pub entries: Many<AnyClass>,
    }

    #[derive(Table)]
    #[mapped(registry = Paths)]
    pub struct Labelled {
        #[column(primary_key, foreign_key = "blog_entry.id")]
        pub entry_id: i64,
        #[column(primary_key, foreign_key = "label.id")]
        pub label_id: i64,
    }
}

#[test]
fn names_by_parts_of_paths() {
    use orm::prelude::*;
    use paths::{Paths, Writer, blog, diary};
    let db = Db::empty();
    Paths::create_all(&db.engine).unwrap();
    let session = db.session();
    let writer = session.add(Writer::builder()).unwrap();
    let first = session.add(blog::models::Entry::builder()).unwrap();
    let second = session.add(diary::models::Entry::builder()).unwrap();
    writer.by_part().append(Obj::any(&first)).unwrap();
    writer.by_full_path().append(Obj::any(&second)).unwrap();
    assert_eq!(code(writer.by_part().append(Obj::any(&second))), Code::WrongClass);
    let label = session.add(paths::Label::builder()).unwrap();
    first.labels().append(Obj::any(&label)).unwrap();
    session.commit().unwrap();
    let found = Obj::downcast::<Writer>(&first.writer().unwrap().unwrap()).unwrap();
    assert_eq!(found, writer);
    assert_eq!(db.rows("select * from diary_entry"), "1|1\n");
    assert_eq!(label.entries().len().unwrap(), 1);
}

#[test]
fn classes_by_name_at_run_time() {
    use paths::Paths;
    assert_eq!(Paths::mapper("blog::Entry").unwrap().table().name, "blog_entry");
    assert_eq!(Paths::mapper("paths::diary::models::Entry").unwrap().table().name, "diary_entry");
    expect!["[ambiguous-name] several mapped classes are called `Entry`; help: write more of the path: `configure::paths::blog::models::Entry`, `configure::paths::diary::models::Entry`"].assert_eq(&show(Paths::mapper("Entry")));
    expect!["[unknown-name] no mapped class is called `Writr`; help: did you mean `Writer`?"]
        .assert_eq(&show(Paths::mapper("Writr")));
    expect![
        "[unknown-name] no mapped class is called `diary::Writer`; help: there is `configure::paths::Writer`"
    ]
    .assert_eq(&show(Paths::mapper("diary::Writer")));
    expect![
        "[unknown-name] no mapped class is called ``; help: derive `Mapped` for it, in the same registry"
    ]
    .assert_eq(&show(Paths::mapper("")));
    expect!["[unknown-name] no mapped class is called `Nothing like that`; help: derive `Mapped` for it, in the same registry"].assert_eq(&show(Models::mapper("Nothing like that")));
}

/// Two classes whose tables refer to each other.
mod circle {
    use orm::prelude::*;

    orm::registry!(
        /// Tables in a circle.
        pub Circle
    );

    #[derive(Mapped)]
    #[mapped(registry = Circle)]
    pub struct Team {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Player::id)]
        pub captain_id: Option<i64>,
        #[relationship(foreign_keys = Team::captain_id)]
        pub captain: Option<One<Player>>,
        #[relationship(foreign_keys = Player::team_id, back_populates = "team")]
        pub players: Many<Player>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Circle)]
    pub struct Player {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Team::id)]
        pub team_id: i64,
        #[relationship(foreign_keys = Player::team_id, back_populates = "players")]
        pub team: One<Team>,
    }
}

#[test]
fn tables_in_a_circle() {
    use circle::{Circle, Player, Team};
    let db = Db::empty();
    Circle::create_all(&db.engine).unwrap();
    expect![[r#"
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['player']
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['team']
        CREATE TABLE "team" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "captain_id" INTEGER,
            FOREIGN KEY ("captain_id") REFERENCES "player" ("id")
        )
        CREATE INDEX "ix_team_captain_id" ON "team" ("captain_id")
        CREATE TABLE "player" (
            "id" INTEGER NOT NULL PRIMARY KEY,
            "team_id" INTEGER NOT NULL,
            FOREIGN KEY ("team_id") REFERENCES "team" ("id")
        )
        CREATE INDEX "ix_player_team_id" ON "player" ("team_id")
    "#]]
    .assert_eq(&db.sql());
    let session = db.session();
    let team = session.add(Team::builder().players([Player::builder(), Player::builder()])).unwrap();
    session.flush().unwrap();
    team.set_captain(team.players().get(1).unwrap().unwrap()).unwrap();
    session.commit().unwrap();
    assert_eq!(db.rows("select * from team"), "1|2\n");
    drop(session);
    db.sql();
    Circle::drop_all(&db.engine).unwrap();
    expect![[r#"
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['player']
        SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE ['team']
        PRAGMA defer_foreign_keys = ON
        DROP TABLE "player"
        DROP TABLE "team"
    "#]]
    .assert_eq(&db.sql());
    assert_eq!(db.rows("select count(*) from sqlite_schema"), "0\n");
}

#[test]
fn tables_in_order_and_only_once() {
    let db = Db::empty();
    Models::create_all(&db.engine).unwrap();
    let created: Vec<String> = db
        .sql()
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE TABLE \"")?.split('"').next().map(str::to_owned))
        .collect();
    let place = |name: &str| created.iter().position(|table| table == name).unwrap();
    assert_eq!(created.len(), 8);
    assert!(place("user_account") < place("address") && place("user_account") < place("profile"));
    assert!(place("orders") < place("order_item") && place("item") < place("order_item"));
    db.run("insert into item values (1, 'stays')");
    Models::create_all(&db.engine).unwrap();
    assert!(!db.sql().contains("CREATE TABLE"), "what is there stays");
    assert_eq!(db.rows("select name from item"), "'stays'\n");
    Models::drop_all(&db.engine).unwrap();
    Models::drop_all(&db.engine).unwrap();
    assert_eq!(db.rows("select count(*) from sqlite_schema"), "0\n");
}

#[test]
fn several_registries_over_one_database() {
    let db = Db::new();
    paths::Paths::create_all(&db.engine).unwrap();
    let session = db.session();
    session.add(paths::Writer::builder()).unwrap();
    session.add(tests::models::User::builder().name("ed")).unwrap();
    session.commit().unwrap();
    let names: Vec<&str> =
        paths::Paths::mapping().unwrap().mappers().iter().map(|mapper| mapper.class()).collect();
    assert!(!names.contains(&"User"));
    assert_eq!(paths::Paths::metadata().unwrap().tables().len(), 5);
    // Keys of one don't meet keys of the other.
    assert_eq!(session.get_one::<paths::Writer>(1).unwrap().id().unwrap(), 1);
    assert_eq!(session.get_one::<tests::models::User>(1).unwrap().name().unwrap(), "ed");
    session.close().unwrap();
    paths::Paths::drop_all(&db.engine).unwrap();
    assert_eq!(db.rows("select name from user_account"), "'ed'\n");
}

#[test]
fn configuration_from_many_threads() {
    mod many {
        use orm::prelude::*;

        orm::registry!(
            /// Configured by all at once.
            pub Many_
        );

        #[derive(Mapped)]
        #[mapped(registry = Many_)]
        pub struct Thing {
            #[column(primary_key)]
            pub id: i64,
        }
    }
    let threads: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(|| {
                let db = Db::empty();
                many::Many_::create_all(&db.engine).unwrap();
                let session = db.session();
                session.add(many::Thing::builder()).unwrap();
                session.commit().unwrap();
                std::ptr::from_ref(many::Many_::mapping().unwrap()) as usize
            })
        })
        .collect();
    let seen: Vec<usize> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "there is one mapping");
}
