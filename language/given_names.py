"""Given names that are common in the Ruhr area: where one stands before another capitalised word, a person is named."""

_TEXT = """
aaron abdul abdullah achim adam adele adelheid adrian agnes ahmad ahmed aishe albert alex alexander alexandra alfred ali alice
alina aleksandra amelie amina amir amira andre andré andrea andreas andrzej angela angelika anja anke anna anne annegret
annemarie annette anni anton antonia antonio arda ariane arif armin arne arthur artur asli astrid axel ayla aylin ayse ayşe
aysel barbara bastian beate beatrix ben benjamin bernd bernhard bert berta bettina bianca birgit birte björn bogdan boris
brigitte bruno burak burkhard can carina carla carlos carmen carolin caroline carsten cem charlotte christa christel christian
christiane christina christine christof christoph clara claudia clemens conny cornelia dagmar damian daniel daniela danuta david
deniz dennis detlef diana dieter dietmar dirk dmitri dominik doris dorothea dorothee dorota edeltraud edith eduard egon elena
elfriede eli elias elif elisabeth elke ella ellen elsa elvira emil emilia emily emine emma emre enes erich erik erika erkan ernst
erwin esra eva ewa fabian fadime fatih fatima fatma felix ferdinand finn florian frank franz franziska fred frida frieda friedrich
fritz gabi gabriele georg gerd gerda gerhard gerlinde gertrud gisela grazyna gregor greta gudrun guido gunnar günter günther
gustav hakan halil hamza hanna hannah hannelore hanne hannes hans harald hartmut hasan hassan hatice hedwig heidi heike heiko
heiner heinrich heinz heinz-peter helene helga helmut hendrik henning henri henry herbert hermann hilde hildegard holger horst
hubert hugo hülya huseyin hüseyin ibrahim ida ilona ilse inga inge ingeborg ingo ingrid ioana irena irene irina iris irmgard
isabell isabella ismail ivan jacek jakob jakub jan jana janina janine jannik jaroslaw jasmin jens jessica joachim joanna jochen
johann johanna johannes jonas jonathan jörg josef josefine joseph judith jule julia julian juliane julius jürgen jutta kadir kai
karin karina karl karl-heinz karla karolina karsten katarina katarzyna katharina kathrin katja katrin kemal kenan kerstin kevin
khaled kim kirsten klara klaus konrad konstantin krzysztof kurt lara lars laura layla lea leila lena leni leon leonie leyla
liam lidia liliane lilly lina linda linus lisa lorenz lothar louis louisa luca lucas lucia ludwig luis luisa lukas lutz lydia
magdalena maik maja malgorzata manfred manuel manuela marc marcel marco marek maren margarete margit margot margret maria
marianne marie marie-luise marina mario marion marius mark markus marlene marlies marta martha martin martina marvin mary
mathias mathilde matthias max maximilian maya mehmet melanie melek melina melissa meral merve meryem mia michael michaela
michaele mike milan mila mira miriam mohamad mohamed mohammad mohammed monika moritz murat mustafa nadine nadja natalia
natalie natascha nele nick nicolas nicole niklas nils nina noah nora norbert nour nurcan oksana ola olaf oleg olga oliver olivia
omar omer ömer oskar osman ossama otto özlem pascal patricia patrick paul paula pauline pawel peter petra philipp pia piotr rafael
ralf ralph ramazan ramona raphael rebecca regina reiner reinhard renate rene rené ricarda richard rita robert robin roland rolf roman
romina ronja rosa rosemarie roswitha rudi rudolf ruth sabine sabrina said salih samira samuel sandra sara sarah sascha
sebastian seda selin selma semih serap serkan sibel siegfried sigrid silke silvia simon simone sofia sofie sonja sophia sophie
stefan stefanie steffen stephan stephanie stephan susanne sven svenja svetlana sylvia tamara tanja tarek tatjana thea theo
theodor theresa thomas thorsten tilman tim timo tina tobias tom toni torsten udo ulf uli ulrich ulrike ursula ute uwe valentin
valentina vanessa vera verena veronika viktor viktoria vincent vladimir volker walter waltraud wanda werner wiebke wilfried
wilhelm willi wilma winfried wojciech wolfgang yasemin yasin yasmin yavuz yildiz yilmaz yusuf yvonne zehra zeynep zofia
abdallah abdelkader abdulrahman achmed adnan agata agnieszka ahmet aishat aisha ajla aleksander aleksandar aleksandr aleksei alessandro alexandre alexandru
aline alissa alma aloys alwine amanda amelia amin anastasia anatoli andreea andrei andrey andrij anette angelo angelina anita anneliese annika antje
anton antonina arben ardian ariana arkadiusz arslan artem asma astrid aurelia awa aydin aysegül azra bahar baran barbara bartosz beata bekim bela
berkay bernadette besnik betül beyza birol blanka blerim bojan boubacar bozena branko brigitta bünyamin bürge carl caspar celina celine cengiz cihan
constanze corinna cosima cristian cristina czeslaw damla darius dariusz daria dejan delia demet dhanush dilan dilara dimitrios dirk dmytro dogan
dominika dragana dunja ebru edda edgar edin edis edna efe ekaterina ekrem eleni eleonore elfi elham elina elisa elise elmar elvedin emir emmanuel
emre ercan erdal erdem erhan erika ersin ester eugen eugenia eva-maria evelyn fabienne faruk fatma fatmata fatou fenja feride ferit filiz filip
finja fiona frauke friederike friedhelm frieder fynn gabriela galina georgios gerold gerta giovanni giuseppe goran gordana grigori grzegorz gül
gülay gülcan güler gülsen günay hamid hanno hans-jürgen hans-peter hardy haris harun havva heinz-josef helin henrik henrike henryk herta hilal
holm ibrahima igor ihor ilhan ilka ilona imke inna ines iryna isa isabel isabelle ivana ivo iwona jaqueline janek janis janna janusz jarek jarno
jasmina jean jelena jerzy jihan jiri joel johannah jolanta jonah jona josip jost juan jürgen karim karolin katalin kateryna kaya kazimierz kira
klaus-dieter klaus-peter kornelia krystyna ksenia kübra ladislaus lana larissa larysa lasse laszlo leander lennard lennart lenny leo leona leonid leszek
levent levin leyla lieselotte ljubica lore lotte lucie lucy luise lutfi lyudmila maciej mads mahir mahmoud mahmut maike malik malin malte mandy
marcin marcus marian mariam mariana marija mariusz marlon marta marwan maryam mascha mateusz mats matti mattis maurice maxim mechthild medina mehdi
mesut metin mette michal mihai mikhail milena milica milos miroslav mirko mirjam mona moussa muhammed muhammad mykola nada nadija nadja naima nasrin
nataliya nazan nele nermin nesrin nicola nicole niels nihat nika nikita nikola nikolai nikolaos nikolas nil nilgün nilüfer noel nuray nuri olena
oleksandr oleksii olha onur orhan orkan ottilie pamela patryk pauline pavel peer philip pierre pinar przemyslaw radoslaw raimund rainer rania rasim
rasmus raul rebekka recep reza riccardo rolf-dieter romy rosalie roxana rukiye rustam sabrija safiye salvatore samantha sami samir samira sanja
sarina saskia savas sebahat selim selina semra senol serdar sergej sergei sergey serhii sevda sevgi sevim shirin sigrun sigurd sina sinan sinem snezana
songül sophia-marie stanislaw steffi stella svitlana sylwia tahir tamer taras tarik tayfun teresa tetiana thies thorben tiana till tomasz torben
traute tülay turgay ueli ulla umut urban ursel urszula vadim valerie valeria vasil vassili veli vesna viola violetta virginia viviane volodymyr wassili
wendelin wenke wibke wiktoria wilhelmine wiltrud wladimir wolf wolfram xenia yana yannick yara yasemin yasmina yulia yuliya yuri yuna yves zahra zbigniew
zeki zeliha zlatko zoe zoran zuzanna zsofia aleyna alva anouk arian arjen ayman bassam bilal carlo charlotta dana dania dina ediz ela elea elanur elian
emely enno erol fadi farid fiete frederik frieda greta hala haidar hedda henriette ilias ilyas isra jannis jan-philipp jette jonte joris juna kjell
lamia leif lenja leonhard levi lia lian lilli lilly linn linnea liv lotta louis luan luna mahmud maila malea malia marla marlena mathis matilda mattea
merle mika mina minna mina-sophie nela nils-ole nino nova ole oscar otis paulina pepe phil pina rayan remo ronny runa safa sami samuele sienna silas
leonardo matteo lorenzo francesco marco-antonio pedro miguel rosario esteban thi minh anh linh mai-linh aneta beate-christine kacper
wojtek oskari piet jaap sander femke amara kwame chidi kofi abena yaw fatoumata mamadou ousmane jamal karima leyan rawan hussein
smilla soraya svea tabea talia tamina tammo thilo tilda timon titus tom tristan valentino vincent wim yaman yannis yunus zara zarah
"""
GIVEN_NAMES = frozenset(_TEXT.split())
"""In lower case, spelled as their bearers do."""
