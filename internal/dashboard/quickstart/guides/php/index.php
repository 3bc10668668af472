<?php
declare(strict_types=1);

require __DIR__ . '/vendor/autoload.php';

use Jumbojett\OpenIDConnectClient;

session_start();

if (!isset($_SESSION['person'])) {
    $oidc = new OpenIDConnectClient(
        «issuer»,
        «client_id»,
        «if confidential»
        getenv('CLIENT_SECRET') ?: null,
        «end»
    );
    $oidc->setRedirectURL(«callback»);
    $oidc->setCodeChallengeMethod('S256');
    $oidc->addScope([«scopes»]);
    «if api»
    $oidc->addAuthParam(['audience' => «audience»]);
    «end»
    $oidc->authenticate(); // sends the browser away, and takes the answer when it comes back
    $person = $oidc->getVerifiedClaims('email');
    session_regenerate_id(true);
    $_SESSION['person'] = $person;
    header('Location: /');
    exit;
}

header('Content-Type: text/plain; charset=utf-8');
echo 'Signed in as ', $_SESSION['person'];
