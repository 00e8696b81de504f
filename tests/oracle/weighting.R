# Reference values for weights, their replicates and joint probabilities, by R survey and sampling.
# Run: Rscript tests/oracle/weighting.R > tests/oracle/weighting.json
suppressMessages({library(survey); library(sampling); library(jsonlite)})
data(api); data(belgianmunicipalities)
srs <- svydesign(id=~1, fpc=~fpc, data=apisrs)
strat <- svydesign(id=~1, strata=~stype, weights=~pw, fpc=~fpc, data=apistrat)
strat0 <- svydesign(id=~1, strata=~stype, weights=~pw, data=apistrat)
clus1 <- svydesign(id=~dnum, weights=~pw, fpc=~fpc, data=apiclus1)
clus10 <- svydesign(id=~dnum, weights=~pw, data=apiclus1)
clus2 <- svydesign(id=~dnum+snum, fpc=~fpc1+fpc2, data=apiclus2)
count <- function(...) as.data.frame(table(apipop[c(...)]))
margins <- list(~stype, ~sch.wide, ~awards)
totals <- list(count("stype"), count("sch.wide"), count("awards"))
crossed <- count("stype", "sch.wide")
numbers <- c(`(Intercept)`=6194, api99=sum(apipop$api99), ell=sum(apipop$ell))
stype <- c(`(Intercept)`=6194, stypeH=755, stypeM=1018, api99=sum(apipop$api99))
tight <- list(epsilon=1e-13, maxit=500)
out <- list(meta=list(R=R.version.string, survey=as.character(packageVersion("survey")), sampling=as.character(packageVersion("sampling"))))
put <- function(name, data, design, call, value) out[[name]] <<- c(list(data=data, design=design, call=call), value)
# R's variances of calibrated estimates fail where a weight is negative: then the weights alone.
estimates <- function(d) { if (any(weights(d, "sampling") < 0)) return(list(weights=unname(weights(d, "sampling")))); m <- svymean(~api00+api99, d); t <- svytotal(~api.stu, d); b <- svyby(~api00, ~stype, d, svymean)
  list(weights=unname(weights(d, "sampling")), mean=list(est=unname(coef(m)), se=unname(SE(m))), total=list(est=unname(coef(t)), se=unname(SE(t))), by=list(stype=as.character(b$stype), est=unname(coef(b)), se=unname(SE(b)))) }
replicates <- function(d) { w <- weights(d, "analysis"); c(estimates(d), list(replicates=unname(w[, round(seq(1, ncol(w), length=4))]), columns=round(seq(1, ncol(w), length=4)))) }
steps <- list(
  poststratify_crossed=list("postStratify(d, ~stype+sch.wide, crossed)", function(d) postStratify(d, ~stype+sch.wide, crossed)),
  rake_three=list("rake(d, list(~stype,~sch.wide,~awards), totals, control=list(epsilon=1e-13,maxit=500))", function(d) rake(d, margins, totals, control=tight)),
  calibrate_numbers=list("calibrate(d, ~api99+ell, c(6194, sum(api99), sum(ell)))", function(d) calibrate(d, ~api99+ell, numbers)),
  calibrate_mixed=list("calibrate(d, ~stype+api99, c(6194, 755, 1018, sum(api99)))", function(d) calibrate(d, ~stype+api99, stype)),
  rake_trim=list("trimWeights(rake(d, ...), lower=0.5*m, upper=1.8*m) with m the mean of the raked weights", function(d) { r <- rake(d, margins, totals, control=tight); m <- mean(weights(r, "sampling")); trimWeights(r, lower=0.5*m, upper=1.8*m) }),
  rake_trim_strict=list("the same with strict=TRUE", function(d) { r <- rake(d, margins, totals, control=tight); m <- mean(weights(r, "sampling")); trimWeights(r, lower=0.5*m, upper=1.8*m, strict=TRUE) }))
designs <- list(
  apisrs=list("apisrs", "svydesign(id=~1,fpc=~fpc)", srs), apistrat=list("apistrat", "svydesign(id=~1,strata=~stype,weights=~pw,fpc=~fpc)", strat),
  apiclus1=list("apiclus1", "svydesign(id=~dnum,weights=~pw,fpc=~fpc)", clus1), apiclus2=list("apiclus2", "svydesign(id=~dnum+snum,fpc=~fpc1+fpc2)", clus2))
# Left out: poststrata without a school in apiclus2; strict trimming of apistrat, which R repeats without end.
for (n in names(designs)) for (s in names(steps)) { if (paste(n, s) %in% c("apiclus2 poststratify_crossed", "apistrat rake_trim_strict")) next
  put(paste(n, s, sep="/"), designs[[n]][[1]], designs[[n]][[2]], steps[[s]][[1]], estimates(steps[[s]][[2]](designs[[n]][[3]]))) }
jackknives <- list(
  apiclus1_jk1=list("apiclus1", "as.svrepdesign(svydesign(id=~dnum,weights=~pw), type='JK1')", as.svrepdesign(clus10, type="JK1")),
  apistrat_jkn=list("apistrat", "as.svrepdesign(svydesign(id=~1,strata=~stype,weights=~pw), type='JKn')", as.svrepdesign(strat0, type="JKn")))
for (n in names(jackknives)) for (s in setdiff(names(steps), c("rake_trim", "rake_trim_strict"))) { if (n == "apiclus1_jk1" && s == "poststratify_crossed") next
  put(paste(n, s, sep="/"), jackknives[[n]][[1]], jackknives[[n]][[2]], steps[[s]][[1]], replicates(steps[[s]][[2]](jackknives[[n]][[3]]))) }
# Not trimWeights of replicates: it adds what was cut to the wrong rows where replicates differ in how many.
grake <- list("raking"=function(d) calibrate(d, ~stype+api99, stype, calfun="raking", epsilon=1e-12, maxit=500),
  "logit"=function(d) calibrate(d, ~stype+api99, stype, calfun="logit", bounds=c(0.4, 2.5), epsilon=1e-12, maxit=500),
  "bounded"=function(d) calibrate(d, ~stype+api99, stype, bounds=c(0.5, 1.7), epsilon=1e-12, maxit=500))
for (n in c("apisrs", "apistrat", "apiclus1", "apiclus2")) for (k in names(grake))
  put(paste0(n, "/calibrate_", k), designs[[n]][[1]], designs[[n]][[2]], paste0("calibrate(d, ~stype+api99, c(6194,755,1018,sum(api99)), ", k, ", epsilon=1e-12)"), estimates(grake[[k]](designs[[n]][[3]])))
put("apiclus1/calibrate_aggregate", "apiclus1", designs$apiclus1[[2]], "calibrate(d, ~api99, c(6194, sum(api99)), aggregate.stage=1)", estimates(calibrate(clus1, ~api99, c(`(Intercept)`=6194, api99=sum(apipop$api99)), aggregate.stage=1)))
put("apiclus2/calibrate_aggregate", "apiclus2", designs$apiclus2[[2]], "calibrate(d, ~api99, c(6194, sum(api99)), aggregate.stage=1)", estimates(calibrate(clus2, ~api99, c(`(Intercept)`=6194, api99=sum(apipop$api99)), aggregate.stage=1)))
sizes <- belgianmunicipalities$Tot04[seq(1, 589, by=31)]
pik <- inclusionprobabilities(sizes, 6)
for (f in c("UPsystematicpi2", "UPtillepi2", "UPmaxentropypi2", "UPsampfordpi2"))
  put(paste0("sampling/", f), "belgianmunicipalities", "Tot04[seq(1, 589, by=31)], n = 6", f, list(sizes=sizes, pik=pik, pi2=get(f)(pik)))
set.seed(4); pk <- inclusionprobabilities(belgianmunicipalities$Tot04, 60); s <- UPsystematic(pk) == 1
X <- cbind(1, belgianmunicipalities$Men04)[s, ]; d <- 1/pk[s]; goal <- c(589, sum(belgianmunicipalities$Men04))
for (m in c("linear", "raking", "truncated", "logit")) { free <- m %in% c("linear", "raking")
  g <- if (free) calib(X, d=d, total=goal, method=m, max_iter=2000) else calib(X, d=d, total=goal, method=m, bounds=c(low=0.3, upp=2.8), max_iter=2000)
  put(paste0("sampling/calib_", m), "belgianmunicipalities", "PPS systematic, n = 60", paste0("calib(cbind(1, Men04), 1/pik, total, method='", m, "', bounds=c(0.3, 2.8))"), list(x=X[, 2], d=d, total=goal, g=as.vector(g))) }
yes <- apistrat$awards == "Yes"; apistrat$yes <- yes
fit <- glm(yes ~ stype + ell + meals, family=quasibinomial(), data=apistrat, weights=pw, control=list(epsilon=1e-15, maxit=100))
put("apistrat/propensity", "apistrat", "weights=~pw", "glm(awards=='Yes' ~ stype+ell+meals, quasibinomial, weights=pw); pw/fitted where awards=='Yes'", list(fitted=unname(fitted(fit)), weights=unname(ifelse(yes, apistrat$pw/fitted(fit), 0))))
cat(toJSON(out, digits=I(17), auto_unbox=TRUE, na="null"))
