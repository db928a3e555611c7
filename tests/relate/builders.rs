//! Builders that fail: what they had related already is as it was.

use expect_test::expect;
use orm::prelude::*;
use tests::{Db, show};

orm::registry!(
    /// These classes.
    pub Built
);

#[derive(Mapped, Debug)]
#[mapped(registry = Built)]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "team", cascade = "all, delete-orphan")]
    pub players: Many<Player>,
    #[relationship(back_populates = "team")]
    pub fans: Dynamic<Fan>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Built)]
pub struct Player {
    #[column(primary_key)]
    pub id: i64,
    #[column(validate = odd)]
    pub number: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: i64,
    #[relationship(back_populates = "players")]
    pub team: One<Team>,
    #[relationship(secondary = PlayerPrize, back_populates = "players", order_by = Prize::id)]
    pub prizes: Many<Prize>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Built)]
pub struct Fan {
    #[column(primary_key)]
    pub id: i64,
    #[column(validate = odd)]
    pub number: i64,
    #[column(foreign_key = Team::id)]
    pub team_id: i64,
    #[relationship(back_populates = "fans")]
    pub team: One<Team>,
}

#[derive(Mapped, Debug)]
#[mapped(registry = Built)]
pub struct Prize {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(secondary = PlayerPrize, back_populates = "prizes")]
    pub players: ManySet<Player>,
}

#[derive(Table)]
#[mapped(registry = Built, table = "player_prize")]
pub struct PlayerPrize {
    #[column(primary_key, foreign_key = Player::id)]
    pub player_id: i64,
    #[column(primary_key, foreign_key = Prize::id)]
    pub prize_id: i64,
}

fn odd(number: i64) -> Result<i64, &'static str> {
    if number % 2 == 1 { Ok(number) } else { Err("only odd numbers") }
}

/// A team with a player and a fan, and a prize of that player's.
fn built() -> (Db, Session) {
    let db = Db::empty();
    Built::create_all(&db.engine).unwrap();
    db.run(
        "INSERT INTO team VALUES (1); INSERT INTO player VALUES (1, 1, 1); INSERT INTO fan VALUES (1, 1, 1);
         INSERT INTO prize VALUES (1); INSERT INTO player_prize VALUES (1, 1)",
    );
    let session = db.session();
    db.sql();
    (db, session)
}

#[test]
fn what_a_builder_that_fails_had_related_is_as_it_was() {
    let (db, session) = built();
    let team = session.get_one::<Team>(1).unwrap();
    let prize = session.get_one::<Prize>(1).unwrap();
    let ids = || team.players().iter().map(|all| all.map(|one| one.id().unwrap()).collect::<Vec<_>>());
    let try_one = || session.add(Player::builder().team(&team).prizes([&prize]).number(2)).map(|_| ());
    // Not loaded: what waited for it is gone, too.
    expect!["[refused] `Player.number`: only odd numbers"].assert_eq(&show(try_one()));
    assert_eq!((ids().unwrap(), prize.players().len().unwrap()), (vec![1], 1));
    // Loaded, and with other changes.
    let new = session.add(Player::builder().team(&team).number(3)).unwrap();
    try_one().unwrap_err();
    assert_eq!((team.players().len().unwrap(), prize.players().len().unwrap()), (2, 1));
    let fan = session.add(Fan::builder().team(&team).number(2)).map(|_| ());
    expect!["[refused] `Fan.number`: only odd numbers"].assert_eq(&show(fan));
    db.sql();
    session.commit().unwrap();
    expect![[r#"
        INSERT INTO "player" ("number", "team_id") VALUES (?, ?) [3, 1]
    "#]]
    .assert_eq(&db.sql());
    assert_eq!((new.id().unwrap(), ids().unwrap(), team.fans().count().unwrap()), (2, vec![1, 2], 1));
}
