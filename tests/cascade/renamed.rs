//! What is deleted in the flush that changes a key: its links are found by the keys that their rows have.

use expect_test::expect;
use orm::prelude::*;
use orm::{Code, SessionConfig};
use tests::{Db, code};

/// Songs and bands with links whose keys the database changes, or nobody does.
macro_rules! bands {
    ($($name:ident: [$($song:tt)*] [$($band:tt)*];)*) => {
        $(mod $name {
            use orm::prelude::*;

            orm::registry!(pub Named);

            #[derive(Mapped)]
            #[mapped(registry = Named)]
            pub struct Song {
                #[column(primary_key)]
                pub name: String,
                #[relationship(secondary = Plays, back_populates = "songs")]
                pub bands: Many<Band>,
            }

            #[derive(Mapped)]
            #[mapped(registry = Named)]
            pub struct Band {
                #[column(primary_key)]
                pub name: String,
                #[relationship(secondary = Plays, back_populates = "bands")]
                pub songs: Many<Song>,
            }

            #[derive(Table)]
            #[mapped(registry = Named)]
            pub struct Plays {
                #[column(primary_key, foreign_key = Song::name $($song)*)]
                pub song: String,
                #[column(primary_key, foreign_key = Band::name $($band)*)]
                pub band: String,
            }

            /// A song of a band, committed; and what `change` and the flush of it write.
            pub fn written(
                db: &super::Db,
                config: orm::SessionConfig,
                change: fn(&Session, &Obj<Song>, &Obj<Band>),
            ) -> orm::Result<String> {
                Named::create_all(&db.engine)?;
                let session = Session::with_config(&db.engine, config);
                let song = session.add(Song::builder().name("a").bands([Band::builder().name("x")]))?;
                session.commit()?;
                let band = session.get_one::<Band>("x")?;
                (song.bands().len()?, band.songs().len()?);
                session.no_autoflush(|session| change(session, &song, &band));
                db.sql();
                session.commit()?;
                Ok(db.sql())
            }
        })*
    };
}

bands! {
    followed: [, on_update = "cascade"] [, on_update = "cascade"];
    fixed: [] [];
}

#[test]
fn links_are_found_by_the_keys_of_before() {
    macro_rules! each {
        ($name:ident) => {{
            use $name::{Band, Song, written};
            let changes: [fn(&Session, &Obj<Song>, &Obj<Band>); 3] = [
                |session, song, _| {
                    song.set_name("b").unwrap();
                    session.delete(song).unwrap();
                },
                |session, song, band| {
                    band.set_name("y").unwrap();
                    session.delete(song).unwrap();
                },
                |session, song, band| {
                    song.set_name("b").unwrap();
                    band.set_name("y").unwrap();
                    session.delete(band).unwrap();
                },
            ];
            let mut told = Vec::new();
            for change in changes {
                let db = Db::empty();
                told.push(written(&db, SessionConfig::default(), change).unwrap());
                assert_eq!(db.rows("SELECT * FROM plays"), "");
                let like = SessionConfig::default().like_sqlalchemy(true);
                assert_eq!(code(written(&Db::empty(), like, change)), Code::StaleData);
            }
            told.join("--\n")
        }};
    }
    let followed = each!(followed);
    assert_eq!(each!(fixed), followed);
    expect![[r#"
        DELETE FROM "plays" WHERE "song" = ? AND "band" = ? ['a', 'x']
        DELETE FROM "song" WHERE "name" = ? ['a']
        --
        DELETE FROM "plays" WHERE "song" = ? AND "band" = ? ['a', 'x']
        UPDATE "band" SET "name" = ? WHERE "name" = ? ['y', 'x']
        DELETE FROM "song" WHERE "name" = ? ['a']
        --
        DELETE FROM "plays" WHERE "band" = ? AND "song" = ? ['x', 'a']
        UPDATE "song" SET "name" = ? WHERE "name" = ? ['b', 'a']
        DELETE FROM "band" WHERE "name" = ? ['x']
    "#]]
    .assert_eq(&followed);
}
