//! Twenty questions about a music store, each a typed query.
//!
//! `cargo run --example reports` asks them of a small store that it makes in memory, and
//! `cargo run --example reports -- FILE` of the Chinook database in a file, which it only reads.

#![allow(unreachable_pub, reason = "a program has no users of its items; `pub` reads better")]

mod catalogue;
#[path = "../chinook/models.rs"]
mod models;
mod people;
mod sales;
mod small;
#[path = "../chinook/types.rs"]
mod types;

use std::error::Error;
use std::fmt::Debug;
use std::io::{self, Write};

use orm::prelude::*;
use orm::sqlite::Engine;

use crate::models::Track;
use crate::types::Timestamp;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result {
    let engine = match std::env::args_os().nth(1) {
        Some(file) => Engine::options().read_only(true).open(file)?,
        None => small::store()?,
    };
    report(&Session::new(&engine), &mut io::stdout().lock())
}

/// Asks everything, and prints the answers.
fn report(session: &Session, out: &mut dyn Write) -> Result {
    print(out, "Revenue by country and year", &sales::revenue(session)?)?;
    print(out, "Months without growth", &sales::months_without_growth(session)?)?;
    print(out, "The best customers of each country", &sales::best_customers(session)?)?;
    print(out, "Invoices that differ from their lines", &sales::wrong_invoices(session)?)?;
    print(out, "Sales by employee", &sales::by_employee(session)?)?;
    print(out, "Revenue of three years, side by side", &sales::three_years(session)?)?;
    print(out, "Genres that earn more than most", &sales::leading_genres(session)?)?;

    print(out, "The longest chains of report", &people::longest_chains(session)?)?;
    let tenth = session.scalar(select(func::count(Track::id)))?.unwrap_or_default() / 10;
    print(out, "Customers who bought every large genre", &people::bought_every_genre(session, tenth)?)?;
    let since = Timestamp::date(2025, 6, 1);
    print(out, "Customers without a recent invoice", &people::without_invoice_since(session, since)?)?;
    print(out, "Countries without an office", &people::countries_without_office(session)?)?;

    print(out, "The top three tracks of each genre", &catalogue::top_three(session)?)?;
    print(out, "Albums never sold", &catalogue::never_sold(session)?)?;
    print(out, "Average length by media type", &catalogue::average_length(session)?)?;
    print(out, "How much of a playlist is rock", &catalogue::share_of_genre(session, "Rock")?)?;
    print(out, "Tracks on several playlists", &catalogue::on_several_playlists(session)?)?;
    print(out, "Artists of several genres", &catalogue::artists_of_several_genres(session)?)?;
    print(out, "Tracks far longer than their genre", &catalogue::unusually_long(session)?)?;
    print(out, "What each genre has", &catalogue::sizes_of_genres(session)?)?;
    print(out, "Tracks about love", &catalogue::search(session, "%love%")?)
}

/// Prints the first rows under a title.
fn print<T: Debug>(out: &mut dyn Write, title: &str, rows: &[T]) -> Result {
    const SHOWN: usize = 8;
    writeln!(out, "\n{title}\n{}", "-".repeat(title.len()))?;
    for row in rows.iter().take(SHOWN) {
        writeln!(out, "{row:?}")?;
    }
    if rows.len() > SHOWN {
        writeln!(out, "... and {} more", rows.len() - SHOWN)?;
    }
    Ok(())
}
