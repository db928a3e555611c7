//! A session per request: what the handlers of a web server do with an engine that their threads share.

#![allow(clippy::print_stdout, reason = "an example prints")]

use orm::engine::Engine;
use orm::prelude::*;

#[derive(Mapped, Debug, Clone)]
struct Account {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    owner: String,
    balance: i64,
}

/// A handler that changes something. All that it reads stays as it is until it is done.
fn transfer(engine: &Engine, from: &str, to: &str, amount: i64) -> Result<bool, orm::Error> {
    engine.transaction(|session| {
        let account = |owner: &str| session.scalars(select(Account).filter(Account::owner.eq(owner)))?.one();
        let (from, to) = (account(from)?, account(to)?);
        if from.balance()? < amount {
            return Ok(false);
        }
        from.set_balance(from.balance()? - amount)?;
        to.set_balance(to.balance()? + amount)?;
        Ok(true)
    })
}

/// A handler that only reads. It waits for nobody.
fn balances(engine: &Engine) -> Result<Vec<Account>, orm::Error> {
    engine.read(|session| {
        let accounts = session.scalars(select(Account).order_by(Account::id))?.all()?;
        accounts.iter().map(|account| account.to_value()).collect()
    })
}

fn main() -> Result<(), orm::Error> {
    let engine = orm::sqlite::Engine::in_memory()?;
    DefaultRegistry::create_all(&engine)?;
    engine.transaction(|session| {
        session.add_all(["ann", "bob", "cid"].map(|owner| Account::builder().owner(owner).balance(100)))?;
        Ok(())
    })?;

    // As many threads as a server has; each request takes what it needs from the engine.
    std::thread::scope(|scope| {
        let threads = [("ann", "bob"), ("bob", "cid"), ("cid", "ann"), ("ann", "cid")].map(|(from, to)| {
            let engine = &engine;
            scope.spawn(move || (0..50).try_for_each(|_| transfer(engine, from, to, 3).map(drop)))
        });
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect::<Result<(), orm::Error>>()
    })?;

    let accounts = balances(&engine)?;
    let total: i64 = accounts.iter().map(|account| account.balance).sum();
    assert_eq!(total, 300);
    println!("{} accounts hold {total}", accounts.len());
    Ok(())
}
