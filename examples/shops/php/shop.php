<?php
// A shop that is paid through `gerbang serve`, with nothing but PHP (8.1) and its built-in server. Start it, with GERBANG_URL,
// GERBANG_TOKEN, GERBANG_WEBHOOK_SECRET and PORT in the environment: php -d display_errors=stderr -S 127.0.0.1:$PORT shop.php
declare(strict_types=1);

// Whatever fails below is a failure: 2xx is said only where it is meant.
http_response_code(500);
const ORDER = '/\A[A-Za-z0-9][A-Za-z0-9_-]{0,43}\z/'; // safe as the name of a file
foreach (['GERBANG_URL', 'GERBANG_TOKEN', 'GERBANG_WEBHOOK_SECRET'] as $name) {
    define($name, getenv($name) ?: throw new RuntimeException("$name is not set"));
}

function answer(int $status, string $text): never
{
    header($status === 303 ? "Location: $text" : 'Content-Type: text/plain', true, $status);
    exit($text);
}

// Sends the same request each time: the daemon creates one payment, however often it is asked.
function pay(string $order, int $amount): never
{
    $headers = ['Authorization: Bearer ' . GERBANG_TOKEN, 'Content-Type: application/json', 'Connection: close'];
    $request = ['method' => 'POST', 'header' => $headers, 'content' => json_encode(['order' => $order, 'amount' => $amount])];
    $context = stream_context_create(['http' => $request + ['timeout' => 40, 'ignore_errors' => true, 'follow_location' => 0]]);
    foreach ([0.2, 0.5, 1, 2, 4, 0] as $pause) {
        $stream = @fopen(GERBANG_URL . '/v1/payments', 'r', false, $context);
        $status = $stream ? (int) explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1] : 0;
        $payment = $stream ? json_decode((string) stream_get_contents($stream), true) : null;
        $isTaken = intdiv($status, 100) === 2 && $payment !== null; // Otherwise the reply was lost, or half of it.
        intdiv($status, 100) === 4 && answer(400, $payment['detail'] ?? 'refused');
        $isTaken && $payment['status'] !== 'pending' && answer(200, "$order is {$payment['status']}");
        $isTaken && $payment['page'] !== null && answer(303, $payment['page']);
        if ($isTaken && $status !== 202 && $payment['pay_with'] !== []) {
            answer(200, array_column($payment['pay_with'], 'payload')[0] ?? json_encode($payment['pay_with']));
        }
        usleep((int) ($pause * 1_000_000));
    }
    answer(503, 'not ready yet; buying again goes on with the same payment');
}

// Standard Webhooks
function isSigned(string $body): bool
{
    [$id, $sent, $given] = array_map(fn ($name) => $_SERVER["HTTP_WEBHOOK_$name"] ?? '', ['ID', 'TIMESTAMP', 'SIGNATURE']);
    $signed = false;
    foreach (explode(' ', GERBANG_WEBHOOK_SECRET) as $secret) { // several while one takes the place of another
        $key = base64_decode(preg_replace('/\Awhsec_/', '', $secret), true);
        strlen((string) $key) >= 24 || throw new RuntimeException('GERBANG_WEBHOOK_SECRET must be whsec_ and 24 bytes in Base64');
        $wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$sent.$body", $key, true));
        foreach (explode(' ', $given) as $one) {
            $signed = hash_equals($wanted, $one) || $signed;
        }
    }
    return $signed && preg_match('/\A[0-9]{1,12}\z/', $sent) && abs(time() - (int) $sent) <= 300;
}

// Once: the file is what is packed by. It is on the disk when this returns, as far as PHP can say so of a directory.
function ship(string $order, string $event): void
{
    is_dir('shipped') || mkdir('shipped');
    $new = @fopen("shipped/$order", 'x');
    $new && fwrite($new, "$event\n") && error_log("shipped $order");
    fsync($new ?: fopen("shipped/$order", 'r+')) || throw new RuntimeException('the disk failed'); // by another, perhaps just now
}

if ($_SERVER['REQUEST_METHOD'] === 'POST' && $_SERVER['REQUEST_URI'] === '/gerbang') {
    $body = (string) file_get_contents('php://input');
    isSigned($body) || answer(401, 'not signed');
    $event = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    $isPaid = $event['type'] === 'payment.paid';
    $isPaid && (preg_match(ORDER, $event['data']['order']) || answer(400, 'no order of this shop'));
    $isPaid && ship($event['data']['order'], $event['id']);
    answer(200, 'taken');
}
if ($_SERVER['REQUEST_METHOD'] === 'POST' && $_SERVER['REQUEST_URI'] === '/buy') {
    [$order, $amount] = [(string) ($_POST['order'] ?? ''), (string) ($_POST['amount'] ?? '')];
    preg_match(ORDER, $order) && preg_match('/\A[1-9][0-9]{0,11}\z/', $amount) || answer(400, 'order or amount is wrong');
    pay($order, (int) $amount); // A real shop knows the amount by the order, and takes it from no browser.
}
answer(404, 'nothing here');
