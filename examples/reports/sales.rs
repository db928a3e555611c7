//! Questions about money: what was sold, when, where and by whom.

use orm::prelude::*;
use orm::{Expr, Result};

use crate::models::{Customer, Employee, Genre, Invoice, InvoiceLine, Track};
use crate::types::Money;

/// What was paid for the invoices of a group, exact to the cent.
fn revenue_of_invoices() -> Expr<Money> {
    func::round(func::coalesce(func::sum(Invoice::total), Money::cents(0)), 2).cast::<Money>()
}

/// What a line of an invoice costs.
fn price_of_line() -> Expr<Money> {
    InvoiceLine::unit_price * InvoiceLine::quantity.cast::<Money>()
}

/// What a country paid in a year, and since the first year.
#[derive(FromRow, Debug, PartialEq)]
pub struct Revenue {
    pub country: Option<String>,
    pub year: Option<String>,
    pub total: Money,
    pub so_far: Option<Money>,
}

/// What did each country pay in each year, and up to its end?
pub fn revenue(session: &Session) -> Result<Vec<Revenue>> {
    let year = func::strftime("%Y", Invoice::date, ());
    let country = window().partition_by(Invoice::billing_country);
    let so_far = func::sum(func::sum(Invoice::total)).over(country.order_by(&year));
    let query = select((Invoice::billing_country, &year, revenue_of_invoices(), so_far))
        .group_by((Invoice::billing_country, &year))
        .order_by((Invoice::billing_country, &year));
    session.execute(query)?.into().all()
}

/// A month that brought no more than the month with sales before it.
#[derive(FromRow, Debug, PartialEq)]
pub struct Standstill {
    pub month: Option<String>,
    pub total: Money,
    pub before: Option<Money>,
}

/// In which months did sales not grow?
pub fn months_without_growth(session: &Session) -> Result<Vec<Standstill>> {
    let month = func::strftime("%Y-%m", Invoice::date, ()).label("month");
    let total = revenue_of_invoices().label("total");
    let months = select((&month, &total)).group_by(&month).cte("months");

    let before = func::lag(months.of(&total)).over(window().order_by(months.of(&month))).label("before");
    let compared = select((months.of(&month), months.of(&total), &before)).subquery("compared");
    let query = select((compared.of(&month), compared.of(&total), compared.of(&before)))
        .filter(compared.of(&total).le(compared.of(&before)))
        .order_by(compared.of(&month));
    session.execute(query)?.into().all()
}

/// A customer whom nobody in the country outdoes.
#[derive(FromRow, Debug, PartialEq)]
pub struct BestCustomer {
    pub country: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub total: Money,
}

/// Who paid most in each country? Equals all count.
pub fn best_customers(session: &Session) -> Result<Vec<BestCustomer>> {
    let total = revenue_of_invoices().label("total");
    let spent = select((Customer::id, Customer::country, &total))
        .join(Customer::invoices)
        .group_by(Customer::id)
        .subquery("spent");

    let by_country = window().partition_by(spent.of(Customer::country)).order_by(spent.of(&total).desc());
    let place = func::rank().over(by_country).label("place");
    let ranked = select((spent.of(Customer::id), spent.of(&total), &place)).subquery("ranked");
    let query = select((Customer::country, Customer::first_name, Customer::last_name, ranked.of(&total)))
        .join(ranked.on(ranked.of(Customer::id).eq(Customer::id)))
        .filter(ranked.of(&place).eq(1))
        .order_by((Customer::country, Customer::id));
    session.execute(query)?.into().all()
}

/// An invoice, and what its lines add up to.
#[derive(FromRow, Debug, PartialEq)]
pub struct WrongInvoice {
    pub id: i64,
    pub total: Money,
    pub lines: Money,
}

/// Which invoices ask for something else than their lines?
pub fn wrong_invoices(session: &Session) -> Result<Vec<WrongInvoice>> {
    let lines = func::coalesce(func::sum(price_of_line()), Money::cents(0));
    let query = select((Invoice::id, Invoice::total, &lines))
        .outer_join(Invoice::lines)
        .group_by(Invoice::id)
        .having(func::round(Invoice::total - &lines, 2).ne(0))
        .order_by(Invoice::id);
    session.execute(query)?.into().all()
}

/// What an employee's customers bought.
#[derive(FromRow, Debug, PartialEq)]
pub struct EmployeeSales {
    pub first_name: String,
    pub last_name: String,
    pub customers: i64,
    pub invoices: i64,
    pub total: Money,
}

/// How much did the customers of each employee buy? Those without customers count too.
pub fn by_employee(session: &Session) -> Result<Vec<EmployeeSales>> {
    let total = revenue_of_invoices().label("total");
    let customers = func::count(Customer::id).distinct();
    let query =
        select((Employee::first_name, Employee::last_name, customers, func::count(Invoice::id), &total))
            .outer_join(Employee::customers)
            .outer_join(Customer::invoices)
            .group_by(Employee::id)
            .order_by((total.desc(), Employee::id));
    session.execute(query)?.into().all()
}

/// What a country paid in each of three years.
#[derive(FromRow, Debug, PartialEq)]
pub struct ThreeYears {
    pub country: Option<String>,
    pub in_2023: Money,
    pub in_2024: Money,
    pub in_2025: Money,
}

/// What did each country pay in the last three years, a column for each?
pub fn three_years(session: &Session) -> Result<Vec<ThreeYears>> {
    let paid_in = |year: &str| {
        let total = case().when(func::strftime("%Y", Invoice::date, ()).eq(year), Invoice::total);
        func::round(func::total(total.end()), 2).cast::<Money>()
    };
    let query = select((Invoice::billing_country, paid_in("2023"), paid_in("2024"), paid_in("2025")))
        .group_by(Invoice::billing_country)
        .order_by(Invoice::billing_country);
    session.execute(query)?.into().all()
}

/// A genre with what its tracks earned.
#[derive(FromRow, Debug, PartialEq)]
pub struct GenreRevenue {
    pub genre: Option<String>,
    pub total: Option<Money>,
}

/// Which genres earned more than the average one?
pub fn leading_genres(session: &Session) -> Result<Vec<GenreRevenue>> {
    let total = func::sum(price_of_line()).label("total");
    let earned = select((Genre::name, &total))
        .join(Genre::tracks)
        .join(Track::invoice_lines)
        .group_by(Genre::id)
        .cte("earned");

    let average = select(func::avg(earned.of(&total)));
    let query = select((earned.of(Genre::name), earned.of(&total)))
        .filter(earned.of(&total).cast::<f64>().gt(average.scalar()))
        .order_by((earned.of(&total).desc(), earned.of(Genre::name)));
    session.execute(query)?.into().all()
}
