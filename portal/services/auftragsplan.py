"""All periodic jobs of the portal. A new one is one line here; what it does stands in the module it belongs to."""

from datetime import timedelta

from portal.services import (
    benachrichtigung,
    bereitstellung,
    datenuebersicht,
    dokument,
    fristenblatt,
    gespraeche,
    gespraechsdaten,
    zahlung,
    zugangspflege,
    zustellung,
)
from portal.services.auftraege import Auftrag

GLEICH = timedelta(seconds=0.5)
STUENDLICH = timedelta(hours=1)
TAEGLICH = timedelta(days=1)

AUFTRAEGE = (
    Auftrag("zustellung", GLEICH, zustellung.zustellen_faellige, bedarf=zustellung.bedarf),
    Auftrag("benachrichtigungen", GLEICH, benachrichtigung.senden_faellige, bedarf=benachrichtigung.bedarf),
    Auftrag("datenhinweise", TAEGLICH, datenuebersicht.sammelhinweise),
    Auftrag("datenuebersicht", TAEGLICH, datenuebersicht.jahresuebersichten),
    Auftrag("dokumente_aufraeumen", TAEGLICH, dokument.aufraeumen),
    Auftrag("bescheide", timedelta(minutes=1), bereitstellung.ueberwachen),
    Auftrag("erinnerungen", STUENDLICH, fristenblatt.erinnern),
    Auftrag("zugang_aufraeumen", TAEGLICH, zugangspflege.aufraeumen),
    Auftrag("widerrufe", GLEICH, gespraeche.widerrufe_melden, bedarf=gespraeche.widerrufe_offen),
    Auftrag(
        "gespraeche_loeschen",
        timedelta(minutes=1),
        gespraechsdaten.loeschen,
        bedarf=gespraechsdaten.offen,
    ),
    Auftrag("gespraechsspuren_aufraeumen", TAEGLICH, gespraechsdaten.aufraeumen),
    Auftrag("zahlungen", timedelta(minutes=5), zahlung.abgleichen),
    Auftrag("benachrichtigungen_aufraeumen", TAEGLICH, benachrichtigung.aufraeumen),
)
