//! Making the payments of a list of seeds, without calls to a provider.

use jiff::Timestamp;

use crate::app::App;
use crate::call::{MAX_AMOUNT, name};
use crate::seed::{Seed, SeedError};
use crate::state::{Account, Payment, Tx, World};
use crate::{Provider, accounts, providers};

/// How many payments one list has at most.
const MAX_SEEDS: usize = 1_000;

/// Records all payments of a list, or none. The providers notify of none.
pub(crate) fn plant(app: &App, seeds: &[Seed]) -> Result<Vec<Payment>, SeedError> {
    app.with(|world, now| plant_in(world, seeds, now))
}

fn plant_in(world: &mut World, seeds: &[Seed], now: Timestamp) -> Result<Vec<Payment>, SeedError> {
    if seeds.len() > MAX_SEEDS {
        return Err(SeedError::new(None, format!("a list has up to {MAX_SEEDS} payments")));
    }
    world.settle(now);
    let planted = world.all_or_none(|world| {
        let place = |(index, seed): (usize, &Seed)| {
            let refused = |reason: String| SeedError::new(Some(index), reason);
            let key = account_of(seed).ok_or_else(|| refused("credential is not valid".into()))?;
            let placed = world.account(seed.provider, &key, now, |account, tx| record(seed, account, tx));
            Ok((key, placed.map_err(refused)?))
        };
        seeds.iter().enumerate().map(place).collect::<Result<Vec<_>, _>>()
    })?;
    let finish = |world: &mut World, seed: &Seed, key: &str, at: usize| {
        world.account(seed.provider, key, now, |account, tx| {
            if let Some(action) = seed.action() {
                account.carry_out(at, action, now, tx);
            }
            account.payments[at].payment()
        })
    };
    Ok(world
        .quietly(|world| seeds.iter().zip(&planted).map(|(seed, (key, at))| finish(world, seed, key, *at)).collect()))
}

/// The account of a seed, if its credential can be one.
fn account_of(seed: &Seed) -> Option<String> {
    let mut accounts = accounts::of(seed.provider, seed.credential.expose())?;
    let of_v2 = seed.provider == Provider::Pakasir && seed.method_or("").starts_with(providers::V2);
    if of_v2 { accounts.pop() } else { Some(accounts.swap_remove(0)) }
}

fn record(seed: &Seed, account: &mut Account, tx: &mut Tx<'_>) -> Result<usize, String> {
    if let Some(reference) = &seed.reference {
        if name(Some(reference)).is_none() {
            return Err("reference is not valid".into());
        }
        if account.of_order(reference).is_some() {
            return Err("reference is taken".into());
        }
    }
    if !(1..=MAX_AMOUNT).contains(&seed.amount) {
        return Err(format!("amount must be from 1 to {MAX_AMOUNT}"));
    }
    let mut record = providers::seeded(account, tx, seed)?;
    // Magic prices mean nothing here.
    record.due = None;
    account.record(record, tx).map_err(|refusal| refusal.message().to_owned())?;
    Ok(account.payments.len() - 1)
}
