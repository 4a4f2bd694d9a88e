//! The list of acquirers, for [`Account::acquirer`](crate::Account::acquirer), whose documentation names the sources.

/// The name of the acquirer whose number begins a PAN.
pub(crate) fn acquirer(pan: &str) -> Option<&'static str> {
    let number: u32 = pan.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
    let found = ACQUIRERS.binary_search_by_key(&number, |&(number, _)| number).ok()?;
    ACQUIRERS.get(found).map(|&(_, name)| name)
}

/// Numbers of the National Numbering System, in ascending order.
const ACQUIRERS: &[(u32, &str)] = &[
    (93600002, "BRI"),
    (93600008, "Mandiri"),
    (93600009, "BNI"),
    (93600011, "Danamon"),
    (93600013, "Permata"),
    (93600014, "BCA"),
    (93600016, "Maybank"),
    (93600019, "Panin"),
    (93600022, "CIMB Niaga"),
    (93600023, "UOB"),
    (93600028, "OCBC"),
    (93600031, "Citibank"),
    (93600036, "CCB Indonesia"),
    (93600037, "Artha Graha"),
    (93600046, "DBS"),
    (93600054, "Bank Capital"),
    (93600076, "Bank Bumi Arta"),
    (93600110, "bank bjb"),
    (93600111, "Bank DKI"),
    (93600112, "BPD DIY"),
    (93600113, "Bank Jateng"),
    (93600114, "Bank Jatim"),
    (93600115, "Bank Jambi"),
    (93600116, "Bank Aceh Syariah"),
    (93600118, "Bank Nagari"),
    (93600119, "Bank Riau Kepri"),
    (93600120, "Bank Sumsel Babel"),
    (93600121, "Bank Lampung"),
    (93600122, "Bank Kalsel"),
    (93600123, "Bank Kalbar"),
    (93600124, "Bankaltimtara"),
    (93600126, "Bank Sulselbar"),
    (93600127, "Bank SulutGo"),
    (93600128, "Bank NTB Syariah"),
    (93600129, "BPD Bali"),
    (93600130, "Bank NTT"),
    (93600131, "Bank Maluku Malut"),
    (93600132, "Bank Papua"),
    (93600133, "Bank Bengkulu"),
    (93600135, "Bank Sultra"),
    (93600147, "Bank Muamalat"),
    (93600151, "Bank Mestika"),
    (93600152, "Bank Shinhan"),
    (93600153, "Bank Sinarmas"),
    (93600157, "Bank Maspion"),
    (93600161, "Bank Ganesha"),
    (93600167, "QNB Indonesia"),
    (93600200, "BTN"),
    (93600213, "BTPN"),
    (93600422, "BRI Syariah"),
    (93600425, "Bank BJB Syariah"),
    (93600426, "Bank Mega"),
    (93600441, "KB Bukopin"),
    (93600451, "BSI"),
    (93600459, "Krom Bank"),
    (93600472, "Bank Jasa Jakarta"),
    (93600484, "Bank KEB Hana"),
    (93600485, "Bank MNC"),
    (93600490, "Bank Neo Commerce"),
    (93600494, "Bank Raya"),
    (93600501, "BCA Digital"),
    (93600503, "Nobu Bank"),
    (93600506, "Bank Mega Syariah"),
    (93600513, "Bank Ina"),
    (93600521, "KB Bank Syariah"),
    (93600523, "Bank Sahabat Sampoerna"),
    (93600531, "Bank Amar"),
    (93600535, "SeaBank"),
    (93600536, "BCA Syariah"),
    (93600542, "Bank Jago"),
    (93600547, "BTPN Syariah"),
    (93600548, "Bank Multiarta Sentosa"),
    (93600553, "Bank Mayora"),
    (93600555, "Bank Index"),
    (93600564, "Mandiri Taspen"),
    (93600566, "Bank Victoria"),
    (93600567, "Allo Bank"),
    (93600689, "BPRS Hijra"),
    (93600777, "Finpay"),
    (93600808, "Bayarind"),
    (93600811, "OttoCash"),
    (93600812, "Kaspro"),
    (93600813, "GAJA"),
    (93600814, "Netzme"),
    (93600815, "SpeedCash"),
    (93600816, "MotionPay"),
    (93600817, "YUKK"),
    (93600818, "Paydia"),
    (93600820, "PAC Cash"),
    (93600821, "Midazpay"),
    (93600822, "AstraPay"),
    (93600823, "Paprika"),
    (93600824, "Visi Jaya Indonesia"),
    (93600825, "ZIPAY"),
    (93600826, "Dipay"),
    (93600827, "Fello"),
    (93600828, "TrueMoney"),
    (93600829, "M-Bayar"),
    (93600830, "YODU"),
    (93600831, "Inacash"),
    (93600832, "GDC Pay"),
    (93600833, "WIDE"),
    (93600834, "DUWIT"),
    (93600835, "Virgo"),
    (93600836, "Nusapay"),
    (93600838, "Dutamoney"),
    (93600839, "Cashlez"),
    (93600842, "Qoin"),
    (93600844, "WOI"),
    (93600898, "Telkom"),
    (93600899, "DOKU"),
    (93600911, "LinkAja"),
    (93600912, "OVO"),
    (93600914, "GoPay"),
    (93600915, "DANA"),
    (93600916, "GudangVoucher"),
    (93600917, "Paytren"),
    (93600918, "ShopeePay"),
    (93600919, "Bluepay"),
    (93600920, "i.saku"),
    (93600921, "Saldomu"),
    (93600922, "Ezeelink"),
    (93600947, "Bank Aladin Syariah"),
    (93600950, "Bank Commonwealth"),
    (93600998, "Digital Solusi Pratama"),
    (93608161, "Pospay"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_so_that_they_are_found() {
        assert!(ACQUIRERS.is_sorted_by(|one, other| one.0 < other.0));
        for (number, name) in ACQUIRERS {
            assert_eq!(acquirer(&format!("{number}000000000")), Some(*name));
        }
    }

    #[test]
    fn what_begins_with_no_known_number_has_no_acquirer() {
        for pan in ["", "9360091", "93600000123", "x3600914123", "9360091é"] {
            assert_eq!(acquirer(pan), None, "{pan}");
        }
    }
}
