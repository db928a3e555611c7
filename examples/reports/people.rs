//! Questions about people: who reports to whom, and who buys what.

use orm::prelude::*;
use orm::{Result, literal};

use crate::models::{Customer, Employee, Genre, Invoice, InvoiceLine, Track};
use crate::types::Timestamp;

/// From the head of the company down to somebody.
#[derive(FromRow, Debug, PartialEq)]
pub struct Chain {
    pub employee: i64,
    pub names: String,
    pub steps: i64,
}

/// Which chains of report are the longest?
pub fn longest_chains(session: &Session) -> Result<Vec<Chain>> {
    let names = Employee::last_name.label("names");
    let steps = literal(0_i64).label("steps");
    let chains = select((Employee::id, &names, &steps))
        .filter(Employee::manager.is_none())
        .cte("chains")
        .recursive(|above| {
            select((
                Employee::id,
                above.of(&names).concat(" > ").concat(Employee::last_name),
                above.of(&steps) + 1,
            ))
            .join(above.on(above.of(Employee::id).eq(Employee::reports_to)))
        });

    let most = select(func::max(chains.of(&steps)));
    let query = select((chains.of(Employee::id), chains.of(&names), chains.of(&steps)))
        .filter(chains.of(&steps).eq(most.scalar()))
        .order_by(chains.of(Employee::id));
    session.execute(query)?.into().all()
}

/// A customer by name.
#[derive(FromRow, Debug, PartialEq)]
pub struct Buyer {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
}

/// Who bought something of every genre that has so many tracks? There is no such genre of which they bought nothing.
pub fn bought_every_genre(session: &Session, tracks: i64) -> Result<Vec<Buyer>> {
    let bought = select(InvoiceLine::id)
        .join(InvoiceLine::invoice)
        .join(InvoiceLine::track)
        .filter(Invoice::customer_id.eq(Customer::id))
        .filter(Track::genre_id.eq(Genre::id));
    let size = select(func::count(Track::id)).filter(Track::genre_id.eq(Genre::id));
    let missing = select(Genre::id).filter(size.scalar().ge(tracks)).filter(!exists(bought));
    let query = select((Customer::id, Customer::first_name, Customer::last_name))
        .filter(!exists(missing))
        .order_by(Customer::id);
    session.execute(query)?.into().all()
}

/// Who has bought nothing since that day?
pub fn without_invoice_since(session: &Session, day: Timestamp) -> Result<Vec<Buyer>> {
    let query = select((Customer::id, Customer::first_name, Customer::last_name))
        .filter(!Customer::invoices.any(Invoice::date.ge(day)))
        .order_by(Customer::id);
    session.execute(query)?.into().all()
}

/// A country, where it is known.
#[derive(FromRow, Debug, PartialEq)]
pub struct Country(pub Option<String>);

/// In which countries do customers live or pay, but no employee works?
pub fn countries_without_office(session: &Session) -> Result<Vec<Country>> {
    let query = select(Customer::country)
        .union(select(Invoice::billing_country))
        .except(select(Employee::country))
        .order_by(Customer::country);
    session.execute(query)?.into().all()
}
