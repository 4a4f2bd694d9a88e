//! What a receipt means for its order. Pure.

use gerbang_core::{Payment, Rupiah};

/// How what was paid compares with what an attempt was to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Exact,
    /// Too little: nothing may ship before a person has looked at it.
    Short,
    /// Too much, by so many rupiah.
    Over(Rupiah),
}

/// Compares the amounts of what was said of a paid payment with those of the expected one. Where price and payable amount
/// point different ways, it is too little.
pub(crate) fn weigh(expected: &Payment, amount: Option<Rupiah>, payable: Option<Rupiah>) -> Weight {
    let price = amount.map(|got| (got, expected.amount));
    // What was to be paid is not known after a lost reply; it is never less than the price.
    let paid = payable.map(|got| (got, expected.payable.unwrap_or(got.max(expected.amount))));
    let pairs = || [price, paid].into_iter().flatten();
    if pairs().any(|(got, due)| got < due) {
        return Weight::Short;
    }
    match pairs().filter_map(|(got, due)| got.checked_sub(due)).max() {
        Some(excess) if excess > Rupiah::new(0) => Weight::Over(excess),
        _ => Weight::Exact,
    }
}

/// What a new receipt does to its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// The order is paid; this much is too much.
    Pays { excess: Rupiah },
    /// The order was paid before: all of it is due back.
    Surplus,
    /// It is less than the order costs: a person must look, and nothing ships.
    Short,
}

/// Settles an order with a receipt: `cost` is the order's price now, `price` what the attempt asked for.
pub(crate) fn settle(is_paid: bool, cost: Rupiah, price: Rupiah, weight: Weight) -> Settlement {
    if is_paid {
        return Settlement::Surplus;
    }
    // The price may have changed after the attempt was made.
    let Some(beyond) = price.checked_sub(cost) else { return Settlement::Short };
    match weight {
        Weight::Short => Settlement::Short,
        Weight::Exact => Settlement::Pays { excess: beyond },
        Weight::Over(more) => Settlement::Pays { excess: beyond.checked_add(more).unwrap_or(Rupiah::MAX) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gerbang_core::PaymentStatus;

    const fn idr(rupiah: u64) -> Rupiah {
        Rupiah::new(rupiah)
    }

    fn weighed(known: Option<u64>, amount: Option<u64>, payable: Option<u64>) -> Weight {
        let mut expected = Payment::new("x", idr(10_000), PaymentStatus::Pending);
        expected.payable = known.map(Rupiah::new);
        weigh(&expected, amount.map(Rupiah::new), payable.map(Rupiah::new))
    }

    #[test]
    fn amounts_as_expected_or_unknown_are_exact() {
        for (amount, payable) in
            [(None, None), (Some(10_000), None), (None, Some(10_020)), (Some(10_000), Some(10_020))]
        {
            assert_eq!(weighed(Some(10_020), amount, payable), Weight::Exact);
        }
        assert_eq!(weighed(None, Some(10_000), Some(10_999)), Weight::Exact);
        assert_eq!(weighed(None, None, Some(10_000)), Weight::Exact);
    }

    #[test]
    fn one_rupiah_less_is_short() {
        assert_eq!(weighed(Some(10_020), Some(9_999), None), Weight::Short);
        assert_eq!(weighed(Some(10_020), None, Some(10_019)), Weight::Short);
        assert_eq!(weighed(None, None, Some(9_999)), Weight::Short);
    }

    #[test]
    fn amounts_that_point_different_ways_are_short() {
        assert_eq!(weighed(Some(10_020), Some(9_999), Some(99_000)), Weight::Short);
        assert_eq!(weighed(Some(10_020), Some(99_000), Some(10_019)), Weight::Short);
    }

    #[test]
    fn excess_is_the_larger_difference() {
        assert_eq!(weighed(Some(10_020), Some(10_001), Some(10_025)), Weight::Over(idr(5)));
        assert_eq!(weighed(Some(10_020), Some(10_007), None), Weight::Over(idr(7)));
    }

    #[test]
    fn first_receipt_pays_and_each_further_one_is_surplus() {
        let price = idr(10_000);
        assert_eq!(settle(false, price, price, Weight::Exact), Settlement::Pays { excess: idr(0) });
        for weight in [Weight::Exact, Weight::Short, Weight::Over(idr(1))] {
            assert_eq!(settle(true, price, price, weight), Settlement::Surplus);
        }
    }

    #[test]
    fn receipt_below_the_price_of_the_order_ships_nothing() {
        assert_eq!(settle(false, idr(10_000), idr(10_000), Weight::Short), Settlement::Short);
        // The price was raised after the attempt.
        for weight in [Weight::Exact, Weight::Over(idr(5_000))] {
            assert_eq!(settle(false, idr(12_000), idr(10_000), weight), Settlement::Short);
        }
    }

    #[test]
    fn what_is_beyond_the_price_of_the_order_is_excess() {
        assert_eq!(settle(false, idr(8_000), idr(10_000), Weight::Exact), Settlement::Pays { excess: idr(2_000) });
        assert_eq!(
            settle(false, idr(8_000), idr(10_000), Weight::Over(idr(5))),
            Settlement::Pays { excess: idr(2_005) }
        );
        assert_eq!(settle(false, idr(0), Rupiah::MAX, Weight::Over(idr(5))), Settlement::Pays { excess: Rupiah::MAX });
    }
}
